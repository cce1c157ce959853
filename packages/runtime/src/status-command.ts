import { formatMebibytes } from '@flotilla/terminal/figures';
import type { FleetContext } from './fleet/fleet-context.js';
import { startHint } from './fleet/fleet-context.js';
import type { StatusReport } from './fleet/status.js';
import { localTime, underDocker } from './messages.js';
import { runtimeInCharge } from './runtimes.js';
import { statusTable } from './table.js';

export type { StatusReport };

/** Of all fleets: the first as if it were the only one, since programs read it so, and what else runs. */
interface FleetsReport extends StatusReport {
  readonly others: readonly StatusReport[];
}

/** What `status` prints. @param contexts - of the fleets that are asked about, the usual one first. */
export async function describeStatus(
  contexts: readonly [FleetContext, ...FleetContext[]],
  json: boolean,
): Promise<string> {
  const [first] = contexts;
  const reports = await Promise.all(contexts.map(reportOf));
  const [usual, ...others] = reports as [StatusReport, ...StatusReport[]];
  if (json) {
    const report: FleetsReport = { ...usual, others: others.filter(isWorthTelling) };
    return JSON.stringify(report, null, 2);
  }
  const told = reports.filter(isWorthTelling);
  if (told.length === 0) return `no fleet runs; ${startHint(first.fleet)}`;
  return told.map((report) => (report.fleet ? describeReport(report) : (report.problem ?? ''))).join('\n\n');
}

async function reportOf(context: FleetContext): Promise<StatusReport> {
  return (await runtimeInCharge(context)).report();
}

function isWorthTelling({ fleet, problem }: StatusReport): boolean {
  return fleet !== null || problem !== null;
}

function describeReport({ fleet, memory, runtime }: StatusReport): string {
  if (!fleet) return '';
  const rows = fleet.processes;
  const reasons = rows.filter((row) => row.reason).map((row) => `${row.name} last ${row.reason}`);
  const supervisor =
    memory.supervisorBytes > 0 ? `, of which ${formatMebibytes(memory.supervisorBytes)} the supervisor` : '';
  return [
    `the ${fleet.mode} fleet${underDocker(runtime)}, since ${localTime(fleet.startedAt)}${fleet.stopping ? ', is stopping' : ''}`,
    statusTable(rows, memory.measure, new Date()),
    ...reasons,
    `memory (${memory.measure}): ${formatMebibytes(memory.totalBytes)} in all${supervisor}`,
  ].join('\n');
}
