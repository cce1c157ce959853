import type { FlotillaError } from '@flotilla/contracts';
import type { Handling } from './handling.js';
import type { Handler, RouteOptions } from './routes.js';

/**
 * Has a handler answer a request, and answers with a problem where it throws.
 *
 * @param check - Tells why the request is refused, if it is.
 */
export async function answer(
  handling: Handling,
  handler: Handler,
  { lifecycle }: Pick<RouteOptions, 'lifecycle'>,
  check?: () => FlotillaError | undefined,
): Promise<void> {
  try {
    // A client that sends another request on this connection would find it closed.
    if (lifecycle.phase === 'draining') handling.response.closeAfterwards();
    const refused = check?.();
    if (refused) throw refused;
    await handler(handling);
  } catch (error) {
    handling.fault(error);
  }
}
