import { formatCount, formatMs, formatShare } from '@flotilla/terminal/figures';
import { renderTable } from '@flotilla/terminal/tables';
import type { Latencies } from './phases.js';
import type { ScenarioResult } from './result.js';

const ABSENT = '–';

/** Results as a table, and below it whatever needs a sentence. */
export function resultTable(results: readonly ScenarioResult[]): string {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'fault', maxWidth: 34 },
    { head: 'requests', ...right },
    { head: 'failed', ...right },
    { head: 'wrong', ...right },
    { head: 'before', ...right },
    { head: 'during', ...right },
    { head: 'after', ...right },
    { head: 'back in', ...right },
    { head: 'others', ...right },
  ];
  const rows = results.map((result) => [
    result.fault,
    formatCount(result.requests),
    formatCount(result.failed),
    formatCount(result.wrong),
    latencyCell(result.before),
    latencyCell(result.during),
    latencyCell(result.after),
    result.recoveredMs === undefined ? ABSENT : formatMs(result.recoveredMs),
    formatShare(result.othersShare ?? Number.NaN),
  ]);
  return [renderTable(columns, rows), LEGEND, ...remarks(results)].join('\n\n');
}

const LEGEND = `before, during, after: p50 / p99 of the latency in ms. back in: time until p99 was back within twice of what it was, and
stayed there, with the fault still in place; – where it was not. others: part of the machine that other work took;\nwith much of it, latencies are not the fleet's alone.`;

/** One line for a result as it comes. */
export function resultLine({ name, seconds, before, during, after, ...result }: ScenarioResult): string {
  const { requests, failed, wrong, missed } = result;
  const p99s = [before, during, after].map((each) => (each ? shortMs(each.p99Ms) : ABSENT)).join(' → ');
  const counts = `${formatCount(requests)} requests, ${formatCount(failed)} failed, ${formatCount(wrong)} wrong`;
  const line = `${name} (${seconds.toFixed(0)} s): ${counts}, p99 ${p99s} ms`;
  return [line, ...missed.map((each) => `  missed: ${each}`)].join('\n');
}

/** Sums up: which figures were missed, by name; or that none was. */
export function verdict(results: readonly ScenarioResult[]): string {
  const sum = (of: (result: ScenarioResult) => number) =>
    formatCount(results.reduce((total, each) => total + of(each), 0));
  const missed = results.flatMap(({ name, missed }) => missed.map((each) => `  ${name}: ${each}`));
  const total = `${sum((each) => each.requests)} requests, ${sum((each) => each.failed)} failed, ${sum((each) => each.wrong)} wrong answers`;
  const excused = results.filter((each) => each.excused > 0).map(excuseOf);
  const sentences = [`${total}.`, ...excused, missed.length === 0 ? everyFigure(excused.length > 0) : 'Missed:'];
  return [sentences.join(' '), ...missed].join('\n');
}

/** A figure that is not judged is said as plainly as one that is. */
function excuseOf({ name, excused, requests }: ScenarioResult): string {
  return `In ${name} ${formatCount(excused)} of ${formatCount(requests)} requests failed while the fault was there, which is not judged.`;
}

function everyFigure(hasOthers: boolean): string {
  return hasOthers ? 'Every figure that is judged was reached.' : 'Every figure was reached.';
}

function latencyCell(latencies: Latencies | undefined): string {
  return latencies ? `${shortMs(latencies.p50Ms)} / ${shortMs(latencies.p99Ms)}` : ABSENT;
}

function shortMs(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}

function remarks(results: readonly ScenarioResult[]): string[] {
  const lines = results.flatMap(({ name, notes, failures, examples }) => [
    ...notes.map((note) => `${name}: ${note}`),
    ...(failures.length > 0 ? [`${name}: failed by ${failures.join(', ')}`] : []),
    ...examples.slice(0, 3).map((example) => `${name}: ${example}`),
  ]);
  return lines.length === 0 ? [] : [lines.join('\n')];
}
