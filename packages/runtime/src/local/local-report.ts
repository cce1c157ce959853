import { downCommand, type FleetContext } from '../fleet/fleet-context.js';
import type { ProcessRow, ProcessStatus, StatusReport } from '../fleet/status.js';
import { type FoundFleet, findFleet } from './find-fleet.js';
import { memoryMeasure, memoryOf } from './memory.js';
import { askReadiness } from './readiness.js';
import type { SupervisorStatus } from './supervisor-status.js';

/** Asks the supervisor, the system, and every process itself. */
export async function localReport({ files, fleet }: FleetContext): Promise<StatusReport> {
  const found = await findFleet(files);
  if (found.kind === 'running') return reportOf(found.status);
  return {
    running: false,
    runtime: 'local',
    fleet: null,
    memory: { measure: memoryMeasure, totalBytes: 0, supervisorBytes: 0 },
    problem: problemOf(found, fleet),
  };
}

async function reportOf(status: SupervisorStatus): Promise<StatusReport> {
  const pids = status.processes.flatMap((each) => (each.pid === null ? [] : [each.pid]));
  const [memory, states] = await Promise.all([
    memoryOf([...pids, status.supervisorPid]),
    Promise.all(status.processes.map(stateNow)),
  ]);
  const processes = status.processes.map(({ readiness: _, ...each }, index) => ({
    ...each,
    state: states[index] ?? each.state,
    memoryBytes: (each.pid !== null && memory.get(each.pid)) || null,
  }));
  const totalBytes = [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
  const supervisorBytes = memory.get(status.supervisorPid) ?? 0;
  return {
    running: true,
    runtime: 'local',
    fleet: { ...status, processes },
    memory: { measure: memoryMeasure, totalBytes, supervisorBytes },
    problem: null,
  };
}

/** The supervisor asks for readiness only until it has it; a process may hang since. */
async function stateNow(status: ProcessStatus): Promise<ProcessRow['state']> {
  if (status.state !== 'ready' || !status.readiness) return status.state;
  return (await askReadiness(status.readiness)).ready ? 'ready' : 'unready';
}

function problemOf(found: Exclude<FoundFleet, { kind: 'running' }>, fleet: FleetContext['fleet']): string | null {
  if (found.kind === 'none') return null;
  const supervisor = `the supervisor (pid ${found.state.supervisor.pid})`;
  const ends = `\`${downCommand(fleet, found.state.mode)}\` ends what is left`;
  if (found.kind === 'mute') return `${supervisor} of the ${found.state.mode} fleet does not answer; ${ends}`;
  const left = found.alive.map((each) => `${each.name} (pid ${each.pid})`).join(', ') || 'none';
  return `${supervisor} of the ${found.state.mode} fleet is gone; processes left: ${left}; ${ends}`;
}
