import { formatCount, formatShare } from '@flotilla/terminal/figures';
import { type Column, renderTable } from '@flotilla/terminal/tables';
import { type BalancerStats, totalsOf } from './balancer-stats.js';
import { type InstanceStats, type StageStats, statsByStage } from './stage-stats.js';

const COLUMNS: readonly Column[] = [
  { head: 'Instance', maxWidth: 40 },
  { head: 'Requests', align: 'right' },
  { head: 'Errors', align: 'right' },
  { head: 'In flight', align: 'right' },
  { head: 'Success', align: 'right' },
  { head: 'Share', align: 'right' },
];

/** The counters as one table, and whether they add up: each stage's balancers, then its instances, over all of these. */
export function renderStats(all: readonly BalancerStats[]): string {
  const wrong = wrongTotals(all);
  const counted = all.filter((balancer) => balancer.stats).length;
  const verdict = wrong.length > 0 ? wrong.join('\n') : 'Totals add up: requests = client requests + retries.';
  const silent = all.flatMap(({ name, error }) => (error ? `${name} gave no stats: ${error.message}` : []));
  const sections = [
    renderTable(COLUMNS, statsByStage(all).flatMap(rowsOf)),
    ...(silent.length > 0 ? [silent.join('\n')] : []),
    ...(counted > 0 ? [verdict] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function rowsOf({ balancers, instances, requests }: StageStats): string[][] {
  return [...balancers.map(balancerRow), ...instances.map((instance) => instanceRow(instance, requests))];
}

function balancerRow({ name, state, stats }: BalancerStats): string[] {
  if (!stats) return [name, state === 'no-balancer' ? 'no balancer' : 'no answer', '', '', '', ''];
  const { requests, errors, inFlight } = totalsOf(stats);
  const ended = requests - inFlight;
  return [name, ...[requests, errors, inFlight].map(formatCount), formatShare((ended - errors) / ended), ''];
}

function instanceRow(stats: InstanceStats, ofStage: number): string[] {
  const { instance, requests, errors, inFlight, successRate } = stats;
  const counts = [requests, errors, inFlight].map(formatCount);
  return [`  ${instance}`, ...counts, formatShare(successRate), formatShare(requests / ofStage)];
}

/** One sentence for each balancer whose totals do not add up. */
export function wrongTotals(all: readonly Pick<BalancerStats, 'name' | 'stats'>[]): string[] {
  return all.flatMap(({ name, stats }) => {
    if (!stats) return [];
    const { requests, expectedRequests } = totalsOf(stats);
    if (requests === expectedRequests) return [];
    const { client_requests: clients, retries, former_requests: former } = stats.totals;
    const gone = former ? ` - ${former} to former instances` : '';
    return `${name}: the totals do not add up: ${requests} requests, but ${clients} of clients + ${retries} retries${gone}`;
  });
}

/** The same for programs. */
export function statsAsJson(all: readonly BalancerStats[]): unknown {
  return {
    balancers: all.map(({ name, origin, state, stats, error }) => ({
      name,
      origin,
      state,
      ...(stats ? { ...stats, adds_up: wrongTotals([{ name, stats }]).length === 0 } : {}),
      ...(error ? { error } : {}),
    })),
  };
}
