import { type FleetContext, START_HINT } from './fleet-context.js';
import { localTime, underDocker } from './fleet-words.js';
import { runtimeInCharge } from './runtimes.js';
import type { ProcessRow, StatusReport } from './status.js';
import { mebibytes, statusTable } from './table.js';

export type { StatusReport };

/** What `status` prints. */
export async function describeStatus(context: FleetContext, json: boolean): Promise<string> {
  const report = await (await runtimeInCharge(context)).report();
  if (json) return JSON.stringify(report, null, 2);
  return report.fleet ? describeReport(report) : (report.problem ?? `no fleet runs; ${START_HINT}`);
}

function describeReport({ fleet, memory, runtime }: StatusReport): string {
  if (!fleet) return '';
  const rows = [...fleet.processes].sort(byStage);
  const reasons = rows.filter((row) => row.reason).map((row) => `${row.name} last ${row.reason}`);
  const supervisor = memory.supervisorBytes > 0 ? `, of which ${mebibytes(memory.supervisorBytes)} the supervisor` : '';
  return [
    `the ${fleet.mode} fleet${underDocker(runtime)}, since ${localTime(fleet.startedAt)}${fleet.stopping ? ', is stopping' : ''}`,
    statusTable(rows, memory.measure, new Date()),
    ...reasons,
    `memory (${memory.measure}): ${mebibytes(memory.totalBytes)} in all${supervisor}`,
  ].join('\n');
}

/** Stage 1 first, its balancers before its instances: as a request travels. */
function byStage(a: ProcessRow, b: ProcessRow): number {
  if (a.stage !== b.stage) return a.stage - b.stage;
  if (a.role !== b.role) return a.role === 'balancer' ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
