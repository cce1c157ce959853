import { createConnectRouter } from '@connectrpc/connect';
import { serviceNamed } from '@flotilla/contracts/rpc';
import type { Handler } from '@flotilla/http-server';
import { connectHandler, standardServices } from '@flotilla/http-server/rpc';
import type { Lifecycle } from '@flotilla/process';

/** The calls that a balancer answers itself: how it is, and what can be called here. Loaded with the first of them. */
export function localServices(service: string, lifecycle: Lifecycle): Handler {
  const router = createConnectRouter();
  standardServices(router, serviceNamed(service), lifecycle);
  return connectHandler(router);
}
