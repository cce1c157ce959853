import { type BalancerStats, totalsOf } from './balancer-stats.js';
import { type Column, formatCount, formatShare, renderTable } from './tables.js';

const COLUMNS: readonly Column[] = [
  { head: 'Instance', maxWidth: 40 },
  { head: 'Requests', align: 'right' },
  { head: 'Errors', align: 'right' },
  { head: 'In flight', align: 'right' },
  { head: 'Success', align: 'right' },
  { head: 'Share', align: 'right' },
];

/** The balancers' counters as one table, and whether they add up. */
export function renderStats(all: readonly BalancerStats[]): string {
  const wrong = wrongTotals(all);
  const counted = all.filter((balancer) => balancer.stats).length;
  const verdict = wrong.length > 0 ? wrong.join('\n') : 'Totals add up: requests = client requests + retries.';
  const silent = all.flatMap(({ name, error }) => (error ? `${name} gave no stats: ${error.message}` : []));
  const sections = [
    renderTable(COLUMNS, all.flatMap(rowsOf)),
    ...(silent.length > 0 ? [silent.join('\n')] : []),
    ...(counted > 0 ? [verdict] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function rowsOf(balancer: BalancerStats): string[][] {
  const { name, state, stats } = balancer;
  if (!stats) return [[name, state === 'no-balancer' ? 'no balancer' : 'no answer', '', '', '', '']];
  const totals = totalsOf(stats);
  const rows = stats.instances.map((key) => {
    const instance = stats.stats[key];
    if (!instance) return [`  ${key}`, 'not told', '', '', '', ''];
    const { requests, errors, in_flight: inFlight, success_rate: successRate } = instance;
    const share = formatShare(requests / totals.requests);
    return [
      `  ${key}`,
      ...[requests, errors, inFlight].map(formatCount),
      formatShare(successRate ?? Number.NaN),
      share,
    ];
  });
  const ended = totals.requests - totals.inFlight;
  const success = formatShare((ended - totals.errors) / ended);
  const sums = [totals.requests, totals.errors, totals.inFlight].map(formatCount);
  return [[name, ...sums, success, ''], ...rows];
}

/** One sentence for each balancer whose totals do not add up. */
export function wrongTotals(all: readonly Pick<BalancerStats, 'name' | 'stats'>[]): string[] {
  return all.flatMap(({ name, stats }) => {
    if (!stats) return [];
    const { requests, expectedRequests } = totalsOf(stats);
    if (requests === expectedRequests) return [];
    const { client_requests: clients, retries } = stats.totals;
    return `${name}: the totals do not add up: ${requests} requests, but ${clients} of clients + ${retries} retries`;
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
