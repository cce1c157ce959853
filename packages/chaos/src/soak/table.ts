import { formatBytes, formatCount } from '@flotilla/terminal/figures';
import { renderTable } from '@flotilla/terminal/tables';
import type { SoakProgress, SoakResult } from './soak.js';

/** One line of how far a soak is. */
export function progressLine({ requests, failed, wrong, seconds, memoryBytes }: SoakProgress, total: number): string {
  const share = Math.min(100, (100 * requests) / total).toFixed(1);
  const rate = formatCount(Math.round(requests / seconds));
  const faults = `${formatCount(failed)} failed, ${formatCount(wrong)} wrong`;
  return `${share} %  ${formatCount(requests)} requests, ${faults}, ${rate}/s, memory ${formatBytes(memoryBytes)}`;
}

/** What each process held before, in the course of the soak, and after it. */
export function soakTable({ processes }: SoakResult): string {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'process' },
    { head: 'memory before', ...right },
    { head: 'most', ...right },
    { head: 'after', ...right },
    { head: 'live, warm', ...right },
    { head: 'live, after', ...right },
    { head: 'bytes a request', ...right },
    { head: 'sockets', ...right },
    { head: 'timers', ...right },
  ];
  const rows = processes.map(({ name, before, looks, bytesPerRequest, mostBytes, after }) => [
    name,
    formatBytes(before.memoryBytes),
    formatBytes(mostBytes),
    formatBytes(after.memoryBytes),
    formatBytes(looks[0]?.liveBytes ?? Number.NaN),
    formatBytes(looks.at(-1)?.liveBytes ?? Number.NaN),
    bytesPerRequest.toFixed(1),
    `${before.sockets} → ${after.sockets}`,
    `${before.timers} → ${after.timers}`,
  ]);
  return renderTable(columns, rows);
}

/** Sums up: which figures were missed; or that none was. */
export function soakVerdict({ requests, failed, wrong, seconds, missed, examples }: SoakResult): string {
  const total = `${formatCount(requests)} requests in ${seconds.toFixed(0)} s, ${formatCount(failed)} failed, ${formatCount(wrong)} wrong answers`;
  if (missed.length === 0) return `${total}. No process grows, nothing is left open.`;
  return [`${total}. Missed:`, ...missed.map((each) => `  ${each}`), ...examples].join('\n');
}
