import { findFleet } from './find-fleet.js';
import { localTime } from './fleet-commands.js';
import { downCommand, type FleetContext, upCommand } from './fleet-context.js';
import { memoryMeasure, memoryOf } from './memory.js';
import { askReadiness } from './readiness.js';
import type { FleetStatus, ProcessStatus } from './status.js';
import { mebibytes, type ProcessRow, statusTable } from './table.js';

/** Everything that `status` tells, for programs. */
export interface StatusReport {
  readonly running: boolean;
  readonly fleet: (Omit<FleetStatus, 'processes'> & { readonly processes: readonly ProcessRow[] }) | null;
  /** What memory means here, and the sum over processes and supervisor in bytes. */
  readonly memory: { readonly measure: string; readonly totalBytes: number; readonly supervisorBytes: number };
}

/** Asks the supervisor, the system, and every process itself. */
async function statusReport(fleet: FleetStatus): Promise<StatusReport> {
  const pids = fleet.processes.flatMap((each) => (each.pid === null ? [] : [each.pid]));
  const [memory, states] = await Promise.all([
    memoryOf([...pids, fleet.supervisorPid]),
    Promise.all(fleet.processes.map(stateNow)),
  ]);
  const processes = fleet.processes.map((each, index) => ({
    ...each,
    state: states[index] ?? each.state,
    memoryBytes: (each.pid !== null && memory.get(each.pid)) || null,
  }));
  const totalBytes = [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
  const supervisorBytes = memory.get(fleet.supervisorPid) ?? 0;
  return {
    running: true,
    fleet: { ...fleet, processes },
    memory: { measure: memoryMeasure, totalBytes, supervisorBytes },
  };
}

/** The supervisor asks for readiness only until it has it; a process may hang since. */
async function stateNow(status: ProcessStatus): Promise<ProcessRow['state']> {
  if (status.state !== 'ready') return status.state;
  return (await askReadiness(status.port)).ready ? 'ready' : 'unready';
}

/** What `status` prints. */
export async function describeStatus(context: FleetContext, json: boolean): Promise<string> {
  const found = await findFleet(context.files);
  if (found.kind === 'running') {
    const report = await statusReport(found.status);
    return json ? JSON.stringify(report, null, 2) : describeReport(report);
  }
  const none: StatusReport = {
    running: false,
    fleet: null,
    memory: { measure: memoryMeasure, totalBytes: 0, supervisorBytes: 0 },
  };
  if (json) return JSON.stringify(none, null, 2);
  if (found.kind === 'none')
    return `no fleet runs; start one with \`${upCommand('sequential')}\` or \`${upCommand('parallel')}\``;
  const supervisor = `the supervisor (pid ${found.state.supervisor.pid})`;
  const ends = `\`${downCommand(found.state.mode)}\` ends what is left`;
  if (found.kind === 'mute') return `${supervisor} of the ${found.state.mode} fleet does not answer; ${ends}`;
  const left = found.alive.map((each) => `${each.name} (pid ${each.pid})`).join(', ') || 'none';
  return `${supervisor} of the ${found.state.mode} fleet is gone; processes left: ${left}; ${ends}`;
}

function describeReport({ fleet, memory }: StatusReport): string {
  if (!fleet) return '';
  const rows = [...fleet.processes].sort(byStage);
  const reasons = rows.filter((row) => row.reason).map((row) => `${row.name} last ${row.reason}`);
  return [
    `the ${fleet.mode} fleet, since ${localTime(fleet.startedAt)}${fleet.stopping ? ', is stopping' : ''}`,
    statusTable(rows, new Date()),
    ...reasons,
    `memory (${memory.measure}): ${mebibytes(memory.totalBytes)} in all, of which ${mebibytes(memory.supervisorBytes)} the supervisor`,
  ].join('\n');
}

/** Stage 1 first, its balancer before its instances: as a request travels. */
function byStage(a: ProcessRow, b: ProcessRow): number {
  if (a.stage !== b.stage) return a.stage - b.stage;
  if (a.role !== b.role) return a.role === 'balancer' ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
