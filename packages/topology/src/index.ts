export { entryPointUrls } from './entry-points.js';
export { type Fleet, type FleetChoice, type FleetOption, fullestDefinitions, withDefaults } from './fleet.js';
export { fleets } from './fleets.js';
export * from './model.js';
export { NODE_OPTIONS, programOf } from './node-options.js';
export {
  instancesVariable,
  nextStage,
  type StageNumber,
  stageNumbered,
  stages,
  urlVariable,
} from './pipeline.js';
export { type PipelineChoice, type PipelineMode, pipeline, pipelineFleet } from './pipeline-fleet.js';
export {
  localProcesses,
  type PlacedProcess,
  type PlacedReadiness,
  placedProcesses,
} from './placed-process.js';
export { localPlacement, networkPlacement } from './placement.js';
export { MAX_PORT_OFFSET, movedPorts, reservedPorts } from './ports.js';
export { processNamed, resolved } from './resolve-value.js';
export { scrapeTargets } from './scrape-targets.js';
export { type RpcMethod, type Stage, type StageRow, stageOf, withInstance } from './stage.js';
export { stopOrder } from './stop-order.js';
