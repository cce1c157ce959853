export type { BackoffPolicy } from './backoff.js';
export type { Environment } from './environment.js';
export { FleetError } from './fleet-error.js';
export type { ProcessState } from './lifecycle.js';
export { memoryMeasure, memoryOf } from './memory.js';
export { busyPorts, freePortOffset } from './ports.js';
export { type FleetOptions, type LocalFleet, startFleet } from './start-fleet.js';
export type { FleetStatus, NotReady, ProcessStatus } from './status.js';
