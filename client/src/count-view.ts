import { formatBytes, formatCount, formatMs, formatRatio } from '@flotilla/terminal/figures';
import { type Column, renderTable } from '@flotilla/terminal/tables';
import type { CountTable } from '@flotilla/text';
import type { FileCount } from './count-file.js';
import type { ChunkResult } from './send.js';

/** A text that was counted. */
export interface CountedText {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What the fleet found in a file, for people. */
export function renderCount(file: CountedText, count: FileCount, withFrequencies: boolean): string {
  const pieces = count.chunks.length === 1 ? '1 chunk' : `${count.chunks.length} chunks`;
  const sections = [
    `${file.path}: ${formatBytes(file.sizeBytes)} in ${pieces}`,
    count.report.trimEnd(),
    ...(withFrequencies && count.table ? [renderFrequencies(count.table)] : []),
    renderChunks(count.chunks),
    `Total time  ${formatMs(count.totalMs)} (reading, cutting, sending, merging, report)\n` +
      `Speed-up    ${formatRatio(count.speedUp)} (sum of the chunks' times / total time)`,
  ];
  return `${sections.join('\n\n')}\n`;
}

const CHUNK_COLUMNS: readonly Column[] = [
  { head: 'Chunk', align: 'right' },
  { head: 'Size', align: 'right' },
  { head: 'Words', align: 'right' },
  { head: 'Time', align: 'right' },
  { head: 'Tries', align: 'right' },
  { head: 'Served by', maxWidth: 46 },
];

function renderChunks(chunks: readonly ChunkResult[]): string {
  const rows = chunks.map(({ chunk, result, ms, tries }) => [
    String(chunk.number),
    formatBytes(chunk.end - chunk.start),
    formatCount(result.wordCount),
    formatMs(ms),
    String(tries),
    result.servedBy.join(', ') || '–',
  ]);
  return renderTable(CHUNK_COLUMNS, rows);
}

/** Every word, most frequent first: a table without cli-table3, which takes seconds for a million rows. */
function renderFrequencies(table: CountTable): string {
  const words = table.top(table.uniqueWords);
  const width = String(words[0]?.[1] ?? '').length;
  return words.map(([word, count]) => `${String(count).padStart(width)}  ${word}`).join('\n');
}

/** What the fleet found in a file, for programs. */
export function countAsJson(file: CountedText, count: FileCount, withFrequencies: boolean): unknown {
  const { runId, wordCount, report, table, chunks, totalMs, speedUp } = count;
  return {
    file: file.path,
    size_bytes: file.sizeBytes,
    run_id: runId,
    word_count: wordCount,
    ...(table ? { unique_words: table.uniqueWords } : {}),
    report,
    total_ms: totalMs,
    speed_up: speedUp,
    chunks: chunks.map(({ chunk, result, ms, tries }) => ({
      number: chunk.number,
      start: chunk.start,
      end: chunk.end,
      request_id: chunk.requestId,
      words: result.wordCount,
      ms,
      tries,
      served_by: result.servedBy,
    })),
    ...(withFrequencies && table ? { word_frequencies: Object.fromEntries(table.entries()) } : {}),
  };
}
