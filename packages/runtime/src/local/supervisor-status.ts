import type { FleetStatus } from '../fleet/status.js';

/** A fleet, as its supervisor tells it over its socket. */
export interface SupervisorStatus extends FleetStatus {
  readonly supervisorPid: number;
}
