import { formatBytes, formatCount, formatShare } from '@flotilla/terminal/figures';
import { renderTable } from '@flotilla/terminal/tables';
import type { FloodResult } from './run-floods.js';

/** Floods as a table. */
export function floodTable(results: readonly FloodResult[]): string {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'flood', maxWidth: 44 },
    { head: 'requests', ...right },
    { head: 'failed', ...right },
    { head: 'p50 before', ...right },
    { head: 'in it', ...right },
    { head: 'grew most' },
    { head: 'by', ...right },
    { head: 'most held', ...right },
    { head: 'others', ...right },
  ];
  const rows = results.map((result) => [
    result.what,
    formatCount(result.requests),
    formatCount(result.failed),
    `${result.beforeP50Ms.toFixed(1)} ms`,
    `${result.duringP50Ms.toFixed(1)} ms`,
    result.grown,
    formatBytes(result.grownBytes),
    formatBytes(result.mostBytes),
    formatShare(result.othersShare ?? Number.NaN),
  ]);
  return renderTable(columns, rows);
}

/** One line for a result as it comes. */
export function floodLine(result: FloodResult): string {
  const { name, requests, failed, beforeP50Ms, duringP50Ms, grown, grownBytes, mostBytes, missed, examples } = result;
  const counts = `${formatCount(requests)} requests, ${formatCount(failed)} failed`;
  const p50 = `p50 ${beforeP50Ms.toFixed(1)} → ${duringP50Ms.toFixed(1)} ms`;
  const memory = `${grown} grew by ${formatBytes(grownBytes)}, ${formatBytes(mostBytes)} the most`;
  const lines = [...missed.map((each) => `  missed: ${each}`), ...examples.slice(0, 3).map((each) => `  ${each}`)];
  return [`${name}: ${counts}, ${p50}, ${memory}`, ...lines].join('\n');
}

/** Sums up: which figures were missed, by name; or that none was. */
export function floodVerdict(results: readonly FloodResult[]): string {
  const missed = results.flatMap(({ name, missed }) => missed.map((each) => `  ${name}: ${each}`));
  return missed.length === 0 ? 'Every figure was reached.' : ['Missed:', ...missed].join('\n');
}
