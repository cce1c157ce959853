export type { Environment } from './fleet/environment.js';
export { CHECKOUT } from './fleet/fleet-context.js';
export { FleetError } from './fleet/fleet-error.js';
export { busyPorts, freePortOffset } from './fleet/ports.js';
export type { FleetStatus, NotReady, ProcessState, ProcessStatus } from './fleet/status.js';
export type { BackoffPolicy } from './local/backoff.js';
export { memoryMeasure, memoryOf } from './local/memory.js';
export { type FleetOptions, type LocalFleet, startFleet } from './local/start-fleet.js';
