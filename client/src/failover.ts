import type { CallOptions } from './call.js';
import { ConnectionError } from './problems.js';
import type { Target } from './target.js';

/**
 * Asks one address after the other until one answers. An answer that is an error is no reason to go on: the server that
 * gave it has tried all that it knows. Asking again is safe, since the routes are pure functions of their bodies.
 *
 * @param ask - Sends the request, whole, to an address.
 * @throws What the address threw that was asked last; ConnectionError when there is none that answers.
 */
export async function askInTurn<Result>(
  target: Target,
  call: CallOptions,
  ask: (url: string) => Promise<Result>,
): Promise<Result> {
  const order = target.order();
  for (const [index, url] of order.entries()) {
    try {
      return await ask(url);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      target.failed(url);
      if (index === order.length - 1) throw error;
      call.movedOn?.(error);
    }
  }
  throw new RangeError('a target needs at least one address');
}
