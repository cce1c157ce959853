import type { FleetAddresses } from './addresses.js';
import { getJson, type Transport } from './http.js';

/**
 * Makes sure that somebody answers before much work is done for a fleet.
 *
 * @throws NoAnswerError when nothing listens there; it says how a fleet is started.
 */
export async function requireFleet(addresses: FleetAddresses, transport: Transport): Promise<void> {
  await getJson(new URL('/health', addresses.process).href, transport);
}
