export type { Environment } from './environment.js';
export { CHECKOUT } from './fleet-context.js';
export { FleetError } from './fleet-error.js';
export type { BackoffPolicy } from './local/backoff.js';
export type { ProcessState } from './local/lifecycle.js';
export { memoryMeasure, memoryOf } from './local/memory.js';
export { type FleetOptions, type LocalFleet, startFleet } from './local/start-fleet.js';
export { busyPorts, freePortOffset } from './ports.js';
export type { FleetStatus, NotReady, ProcessStatus } from './status.js';
