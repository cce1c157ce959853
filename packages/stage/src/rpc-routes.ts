import { standardMethods } from '@flotilla/contracts';
import type { Handler, RpcRoutes } from '@flotilla/http-server';
import type { Lifecycle } from '@flotilla/process';
import type { Stage } from '@flotilla/topology';

/** The calls that a stage takes: its own service, over the handler of its REST route. */
export function stageRpcRoutes(stage: Stage, handler: Handler, lifecycle: Lifecycle): RpcRoutes {
  let router: Promise<Handler> | undefined;
  return {
    paths: [...stage.rpc.methods.map(({ path }) => path), ...standardMethods],
    handler: async (exchange) => {
      router ??= import('./rpc/router.js').then(({ stageRouter }) => stageRouter(stage, handler, lifecycle));
      await (await router)(exchange);
    },
  };
}
