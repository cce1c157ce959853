import { containerName, type FleetDefinition } from '@flotilla/topology';
import type { FleetStatus, StatusReport } from '../fleet/status.js';
import { dockerMemoryMeasure, memoryByContainer } from './container-memory.js';
import type { DockerCli } from './docker-cli.js';

/** A fleet's status with the memory of its containers. */
export async function dockerReport(
  docker: DockerCli,
  definition: FleetDefinition,
  status: FleetStatus,
): Promise<StatusReport> {
  const running = status.processes
    .filter((each) => each.pid !== null)
    .map((each) => containerName(definition, each.name));
  const memory = await memoryByContainer(docker, running);
  const processes = status.processes.map((each) => ({
    ...each,
    memoryBytes: memory.get(containerName(definition, each.name)) ?? null,
  }));
  const totalBytes = [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { ...noReport(null), running: true, fleet: { ...status, processes }, memory: memoryOf(totalBytes) };
}

/** @param problem - why the fleet that was started does not run. Null: none was. */
export function noReport(problem: string | null): StatusReport {
  return { running: false, runtime: 'docker', fleet: null, memory: memoryOf(0), problem };
}

function memoryOf(totalBytes: number): StatusReport['memory'] {
  return { measure: dockerMemoryMeasure, totalBytes, supervisorBytes: 0 };
}
