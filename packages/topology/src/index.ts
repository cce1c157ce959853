export {
  BALANCER_COUNTS,
  type BalancerCount,
  type Door,
  doorsOf,
  type FleetMode,
  urlVariable,
} from './doors.js';
export { instancesVariable, type LocalFleetOptions, localFleet, type ProcessSpec } from './fleet.js';
export { NODE_OPTIONS, programOf } from './node-options.js';
export { type InstanceSpec, type Stage, type StageNumber, stageNumbered, stages } from './topology.js';
