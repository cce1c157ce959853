export {
  type FleetMode,
  instancesVariable,
  type LocalFleetOptions,
  localFleet,
  type ProcessSpec,
  urlVariable,
} from './fleet.js';
export { type InstanceSpec, type Stage, type StageNumber, stageNumbered, stages } from './topology.js';
