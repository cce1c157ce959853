import { rpcMethods, standardMethods } from '@flotilla/contracts';
import type { Lifecycle, RpcRoutes, StageHandler } from '@flotilla/service-kit';
import type { StageNumber } from '@flotilla/topology';

/** The calls that a stage takes: its own service, over the handler of its REST route. */
export function stageRpcRoutes(stage: StageNumber, handler: StageHandler, lifecycle: Lifecycle): RpcRoutes {
  let router: Promise<StageHandler> | undefined;
  return {
    paths: [...rpcMethods[stage].map(({ path }) => path), ...standardMethods],
    handler: async (exchange) => {
      router ??= import('./rpc/router.js').then(({ stageRouter }) => stageRouter(stage, handler, lifecycle));
      await (await router)(exchange);
    },
  };
}
