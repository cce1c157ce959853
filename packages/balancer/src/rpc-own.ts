import { createConnectRouter } from '@connectrpc/connect';
import { AnalysisService, PreprocessService, ReportService, TextInputService } from '@flotilla/contracts/rpc';
import type { Lifecycle, StageHandler } from '@flotilla/service-kit';
import { connectHandler, standardServices } from '@flotilla/service-kit/rpc';
import type { StageNumber } from '@flotilla/topology';

const services = { 1: TextInputService, 2: PreprocessService, 3: AnalysisService, 4: ReportService };

/** The calls that a balancer answers itself: how it is, and what can be called here. Loaded with the first of them. */
export function ownCalls(stage: StageNumber, lifecycle: Lifecycle): StageHandler {
  const router = createConnectRouter();
  standardServices(router, services[stage], lifecycle);
  return connectHandler(router);
}
