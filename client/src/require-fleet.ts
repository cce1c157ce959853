import type { FleetAddresses } from './addresses.js';
import { askInTurn } from './failover.js';
import { getJson, type HttpOptions } from './http.js';

/**
 * Makes sure that a fleet answers before much work is done for a fleet.
 *
 * @throws NoAnswerError when nothing listens there; it says how a fleet is started.
 */
export async function requireFleet(addresses: FleetAddresses, http: HttpOptions): Promise<void> {
  await askInTurn(addresses.process, http, (url) => getJson(new URL('/health', url).href, http));
}
