import type { FleetMode } from './doors.js';

/** The network of either fleet. They share ports and container names, so that only one of them can be up. */
export const COMPOSE_NETWORK = 'rest-network';

/** The service that commands are run in: `docker compose run --rm client …`. */
export const COMPOSE_CLIENT = 'client';

/** The profile that adds a second balancer to each stage. */
export const COMPOSE_TWO_BALANCERS = 'two-balancers';

/** The compose file of a fleet, in the root of the repository. */
export const composeFiles: Readonly<Record<FleetMode, string>> = {
  sequential: 'docker-compose.yml',
  parallel: 'docker-compose-parallel.yml',
};

/** Name of a fleet's compose project: it stands on all of its containers as the label `com.docker.compose.project`. */
export function composeProject(mode: FleetMode): string {
  return `flotilla-${mode}`;
}

/**
 * Name of a process's container: `rest-service1a`.
 *
 * @param processName - `service1a` or `service1-loadbalancer`; also its host name, and its name in the compose file.
 */
export function containerName(processName: string): string {
  return `rest-${processName}`;
}

/** Name of the image that all processes of a folder share: `flotilla-service1-input`. */
export function imageName(folder: string): string {
  return `flotilla-${folder}`;
}
