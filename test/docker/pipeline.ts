import { containerName as nameIn, type PipelineMode, type ProcessSpec, pipeline, profilesOf } from '@flotilla/topology';

const fleets = { sequential: pipeline({ mode: 'sequential' }), parallel: pipeline({ balancers: 2 }) };

/** The compose file of each mode. */
export const composeFiles: Readonly<Record<PipelineMode, string>> = {
  sequential: fleets.sequential.network.composeFile,
  parallel: fleets.parallel.network.composeFile,
};

export const COMPOSE_NETWORK = fleets.parallel.network.name;

/** The profile that adds a second balancer to each stage. */
export const [COMPOSE_TWO_BALANCERS = ''] = profilesOf(fleets.parallel);

/** The name of a fleet's compose project. */
export function composeProject(mode: PipelineMode): string {
  return fleets[mode].network.project;
}

/** `rest-service1a`. */
export function containerName(processName: string): string {
  return nameIn(fleets.parallel, processName);
}

/** The processes of a fleet. */
export function processesOf(mode: PipelineMode, { balancers = 1 } = {}): readonly ProcessSpec[] {
  return pipeline({ mode, balancers }).processes;
}
