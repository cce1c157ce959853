import { formatBytes, formatCount, formatMs, formatRatio } from '@flotilla/terminal/figures';
import { type Column, renderTable } from '@flotilla/terminal/tables';
import type { FileCount } from './count-file.js';
import type { FleetPeaks } from './fleet-memory.js';
import { describeMachine, type Machine } from './machine.js';

/** What became of a large text. */
export interface LargeTestResult {
  readonly machine: Machine;
  readonly file: string;
  readonly sizeBytes: number;
  readonly runs: readonly {
    /** How many requests at once. */
    readonly ways: number;
    readonly count: FileCount;
    /** Whether the report is that of the text counted here in one piece. */
    readonly isRight: boolean;
  }[];
  /** How long it took to count the text here, in one piece. */
  readonly localMs: number;
  readonly peaks: FleetPeaks;
}

const RUNS: readonly Column[] = [
  { head: 'Ways', align: 'right' },
  { head: 'Chunks', align: 'right' },
  { head: 'Words', align: 'right' },
  { head: 'Time', align: 'right' },
  { head: 'MB/s', align: 'right' },
  { head: 'Speed-up', align: 'right' },
  { head: 'Tries', align: 'right' },
  { head: 'Report' },
];

const PEAKS: readonly Column[] = [
  { head: 'Process', maxWidth: 40 },
  { head: 'Pid', align: 'right' },
  { head: 'Most memory', align: 'right' },
];

/** The result for people. */
export function renderLargeTest(result: LargeTestResult): string {
  const { file, sizeBytes, machine, runs, localMs, peaks } = result;
  const rows = runs.map(({ ways, count, isRight }) => [
    `${ways}-way`,
    String(count.chunks.length),
    formatCount(count.wordCount),
    formatMs(count.totalMs),
    (sizeBytes / 1000 / count.totalMs).toFixed(1),
    formatRatio(count.speedUp),
    String(count.chunks.reduce((tries, chunk) => tries + chunk.tries, 0)),
    isRight ? 'right' : 'wrong',
  ]);
  const sections = [
    `${file} (${formatBytes(sizeBytes)}) on ${describeMachine(machine)}`,
    runs[0]?.count.report.trimEnd() ?? '',
    renderTable(RUNS, rows),
    verdict(result),
    `Counting the same text here, in one piece and without a fleet, took ${formatMs(localMs)}.`,
    renderPeaks(peaks),
  ];
  return `${sections.join('\n\n')}\n`;
}

function verdict({ runs }: LargeTestResult): string {
  const isSame = new Set(runs.map(({ count }) => count.report)).size === 1;
  if (!isSame) return 'The reports differ.';
  const isRight = runs.every((run) => run.isRight);
  return isRight
    ? 'The reports are the same, and that of the text counted here in one piece.'
    : 'The reports are the same, but not that of the text counted here in one piece.';
}

function renderPeaks(peaks: FleetPeaks): string {
  if ('unavailable' in peaks) return `The fleet's memory cannot be told: ${peaks.unavailable}.`;
  const rows = peaks.processes.map(({ name, pid, peakBytes }) => [name, String(pid), formatBytes(peakBytes)]);
  return `Most resident memory of each process since it started (VmHWM)\n\n${renderTable(PEAKS, rows)}`;
}

/** The result for programs. */
export function largeTestAsJson(result: LargeTestResult): unknown {
  const { machine, file, sizeBytes, runs, localMs, peaks } = result;
  return {
    machine,
    file,
    size_bytes: sizeBytes,
    local_ms: localMs,
    runs: runs.map(({ ways, count, isRight }) => ({
      ways,
      chunks: count.chunks.length,
      word_count: count.wordCount,
      total_ms: count.totalMs,
      speed_up: count.speedUp,
      report: count.report,
      right: isRight,
    })),
    memory:
      'unavailable' in peaks
        ? { unavailable: peaks.unavailable }
        : peaks.processes.map(({ name, pid, peakBytes }) => ({ name, pid, peak_bytes: peakBytes })),
  };
}
