import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '@flotilla/terminal/command-line';
import { fleetAddresses } from '../addresses.js';
import { type BalancerStats, readStats } from '../balancer-stats.js';
import { type FleetOptions, number, withFleet } from '../options.js';
import { ClientError, START_FLEET } from '../problems.js';
import type { Context } from '../run-command.js';
import { renderStats, statsAsJson, wrongTotals } from '../stats-view.js';

interface StatsOptions extends FleetOptions {
  readonly watch?: boolean;
  readonly interval: number;
}

/** Stats are a few numbers: a balancer that takes longer is as good as gone. */
const TIMEOUT_MS = 5000;
const MAX_INTERVAL_MS = 3_600_000;
/** Cursor to the top left corner, and all below it away: a screen that is drawn anew without flicker. */
const REDRAW = '\u001b[H\u001b[J';

/** Declares the command's options. */
export function declareStats(command: Command): Command {
  return withFleet(command, TIMEOUT_MS)
    .description('what each instance did, as the balancers of its stage tell it; the figures of several are added up')
    .option('-w, --watch', 'again and again, until interrupted')
    .addOption(number('--interval <ms>', 'time between two readings', 100, MAX_INTERVAL_MS, 1000));
}

export async function runStats(context: Context, options: StatsOptions): Promise<void> {
  const { output } = context;
  const { balancers } = fleetAddresses(options);
  const read = () => readStats(balancers, context.call(options.timeout));
  if (options.watch) return watch(context, options.interval, read);
  const all = await read();
  requireAnyAnswer(all);
  output.text(renderStats(all));
  output.result(statsAsJson(all));
  for (const problem of failuresOf(all)) output.problem(problem);
}

/** Shows readings until the user interrupts, which is the expected end. */
async function watch({ output, signal }: Context, intervalMs: number, read: () => Promise<BalancerStats[]>) {
  const clear = output.isTerminal ? REDRAW : '';
  while (!signal.aborted) {
    const all = await read().catch(() => undefined);
    if (!all) return;
    output.text(`${clear}${new Date().toISOString()}\n\n${renderStats(all)}`);
    output.resultLine(statsAsJson(all));
    await delay(intervalMs, undefined, { signal }).catch(() => {});
  }
}

/** No balancer answers: there is no table to show. */
function requireAnyAnswer(all: readonly BalancerStats[]): void {
  if (all.some((balancer) => balancer.state !== 'down')) return;
  const [first] = all;
  throw new ClientError(first?.error?.message ?? 'no balancer answers', first?.error?.fix ?? START_FLEET);
}

function failuresOf(all: readonly BalancerStats[]): ClientError[] {
  const down = all.filter((balancer) => balancer.state === 'down');
  return [
    ...down.map(({ name, error }) => new ClientError(`${name} gave no stats: ${error?.message}`)),
    ...wrongTotals(all).map((text) => new ClientError(text)),
  ];
}
