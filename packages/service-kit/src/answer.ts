import type { Handling } from './handling.js';
import type { StageHandler, StageRouteOptions } from './stage-exchange.js';

/** Has a handler answer a request, and answers with a problem where it throws. */
export async function answer(
  handling: Handling,
  handler: StageHandler,
  { lifecycle }: Pick<StageRouteOptions, 'lifecycle'>,
): Promise<void> {
  try {
    // Whoever sends another request on this connection would meet its end.
    if (lifecycle.phase === 'draining') handling.response.closeAfterwards();
    await handler(handling);
  } catch (error) {
    handling.fault(error);
  }
}
