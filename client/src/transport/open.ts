import type { Dispatcher } from 'undici';
import { RestTransport } from './rest.js';
import type { Transport, TransportName } from './transport.js';

/**
 * Opens a transport; connections come with the first requests.
 *
 * @param dispatcher - Connections for REST, which stay their owner's.
 */
export async function openTransport(name: TransportName, dispatcher: Dispatcher): Promise<Transport> {
  if (name === 'rest') return new RestTransport(dispatcher);
  // Who takes REST does not wait for the code of the others.
  const { RpcTransport } = await import('./rpc.js');
  return new RpcTransport(name);
}
