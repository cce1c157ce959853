import { randomBytes } from 'node:crypto';
import type { CountTable } from '@flotilla/text';
import type { FleetAddresses } from './addresses.js';
import { inParallel } from './in-parallel.js';
import { fetchReport, mergeTables } from './merge.js';
import { planChunks, planJsonChunks } from './plan.js';
import type { Progress } from './progress.js';
import { sum } from './quantiles.js';
import { type ChunkResult, type Sender, sendChunk } from './send.js';
import type { TextFile } from './text-file.js';

/** How a file is counted. */
export interface CountOptions {
  readonly addresses: FleetAddresses;
  /** Pipelines at once: chunks in flight, and chunks wanted. */
  readonly parallel: number;
  /** Largest body in JSON. Without it a text goes out as itself, and can have any length. */
  readonly maxJsonBytes?: number;
  /** Whether the merged table is wanted even where a single chunk makes merging needless. */
  readonly isTableWanted: boolean;
  readonly sender: Sender;
  readonly progress: Progress;
}

/** What the fleet found in a file, and how. */
export interface FileCount {
  readonly runId: string;
  readonly wordCount: number;
  readonly report: string;
  /** Absent when nothing was merged and it was not asked for. */
  readonly table?: CountTable;
  readonly chunks: readonly ChunkResult[];
  /** From the first read of the file to the report. */
  readonly totalMs: number;
  /** Sum of the chunks' times over the total time. */
  readonly speedUp: number;
}

/**
 * Counts a file: cuts it, sends its chunks at once, merges their tables, and has the report written. One chunk is not
 * merged: its answer has the report.
 *
 * @throws The first error that stands after all tries; the other chunks are then cancelled.
 */
export async function countFile(file: TextFile, options: CountOptions): Promise<FileCount> {
  const started = performance.now();
  const runId = `flotilla-${randomBytes(6).toString('hex')}`;
  const { parallel: parts, maxJsonBytes, addresses, sender } = options;
  const isJson = maxJsonBytes !== undefined;
  const plan = isJson
    ? await planJsonChunks(file, { parts, maxBodyBytes: maxJsonBytes, runId })
    : await planChunks(file, { parts, runId });
  const isTableWanted = options.isTableWanted || plan.length > 1;
  const chunks = await inParallel(plan.values(), Math.min(parts, plan.length), sender, (chunk, chunkSender) =>
    sendChunk(file, chunk, addresses.process, isTableWanted, chunkSender, options.progress),
  );
  const table = mergeTables(chunks.flatMap(({ result }) => result.table ?? []));
  const [only] = chunks.length === 1 ? chunks : [];
  const report = only?.result.report ?? (await fetchReport(addresses.report, table, `${runId}-report`, sender));
  const totalMs = performance.now() - started;
  return {
    runId,
    wordCount: sum(chunks.map(({ result }) => result.wordCount)),
    report,
    ...(isTableWanted ? { table } : {}),
    chunks,
    totalMs,
    speedUp: sum(chunks.map((chunk) => chunk.ms)) / totalMs,
  };
}
