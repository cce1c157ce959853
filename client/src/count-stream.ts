import { randomBytes } from 'node:crypto';
import { CountTable } from '@flotilla/text';
import { tableLimits } from './answer.js';
import type { CountOptions, FileCount } from './count-file.js';
import { inParallel } from './in-parallel.js';
import { escapedLength, MAX_ESCAPE_BYTES, textBodyLength } from './json-text.js';
import { fetchReport } from './merge.js';
import type { Chunk } from './plan.js';
import { ClientError } from './problems.js';
import { sum } from './quantiles.js';
import { type ChunkResult, type Sender, sendChunk } from './send.js';
import type { TextPiece, TextStream } from './text-stream.js';

/** A piece of a stream: large enough that the work for a request does not count, small enough to hold several. */
const MAX_PIECE_BYTES = 4 * 1024 * 1024;
const MIN_PIECE_BYTES = 64 * 1024;
/** What all pieces under way have together, about. */
const HELD_BYTES = 64 * 1024 * 1024;

/**
 * Counts a text that comes as a stream: cuts it as it comes, sends so many pieces at once as there are pipelines, and
 * adds up their tables as they are answered. So memory holds the pieces under way and one table, however long the text.
 *
 * @throws The first error that stands after all tries; the other pieces are then cancelled.
 */
export async function countStream(stream: TextStream, options: CountOptions): Promise<FileCount> {
  const started = performance.now();
  const runId = `flotilla-${randomBytes(6).toString('hex')}`;
  const { parallel, maxJsonBytes, addresses, sender } = options;
  const table = new CountTable(tableLimits);
  const reports: string[] = [];
  const count = async ({ textPiece, chunk, turn, done }: Turn, pieceSender: Sender): Promise<ChunkResult> => {
    try {
      const sent = await sendChunk(textPiece, chunk, addresses.process, true, pieceSender, options.progress);
      const { table: part, ...result } = sent.result;
      // In the order of the text, so that words stand in the table as they appear in it.
      await turn;
      if (part) table.merge(part);
      reports[0] ??= result.report;
      done();
      return { ...sent, result: { ...result, report: '' } };
    } catch (error) {
      // A sender that waits for more of the text, or for this turn, is stopped as well.
      stream[Symbol.dispose]();
      done();
      throw error;
    }
  };
  const turns = turnsOf(stream, pieceBytes(parallel, maxJsonBytes), runId, maxJsonBytes);
  const chunks = await inParallel(turns, parallel, sender, count);
  const [onlyReport] = chunks.length === 1 ? reports : [];
  const report = onlyReport ?? (await fetchReport(addresses.report, table, `${runId}-report`, sender));
  const totalMs = performance.now() - started;
  const wordCount = sum(chunks.map(({ result }) => result.wordCount));
  const speedUp = sum(chunks.map(({ ms }) => ms)) / totalMs;
  return { runId, wordCount, report, table, chunks, totalMs, speedUp };
}

function pieceBytes(parallel: number, maxJsonBytes: number | undefined): number {
  const shared = Math.max(MIN_PIECE_BYTES, Math.min(MAX_PIECE_BYTES, Math.floor(HELD_BYTES / parallel)));
  // Whatever the bytes are, their escapes fit.
  return maxJsonBytes === undefined
    ? shared
    : Math.max(1, Math.min(shared, Math.floor(maxJsonBytes / MAX_ESCAPE_BYTES / 2)));
}

/** A piece, and when its table is added. */
interface Turn {
  readonly textPiece: TextPiece;
  readonly chunk: Chunk;
  /** Resolves when all pieces before it are done with. */
  readonly turn: Promise<void>;
  readonly done: () => void;
}

async function* turnsOf(
  stream: TextStream,
  size: number,
  runId: string,
  maxJsonBytes: number | undefined,
): AsyncGenerator<Turn> {
  let turn = Promise.resolve();
  let number = 0;
  for await (const textPiece of stream.pieces(size)) {
    const { promise, resolve } = Promise.withResolvers<void>();
    number++;
    yield { textPiece, chunk: chunkOf(textPiece, number, runId, maxJsonBytes), turn, done: resolve };
    turn = promise;
  }
}

/** @throws ClientError when a word is too long for a JSON body. */
function chunkOf({ start, bytes }: TextPiece, number: number, runId: string, maxJsonBytes: number | undefined): Chunk {
  const requestId = `${runId}-${number}`;
  const isJson = maxJsonBytes !== undefined;
  const bodyBytes = isJson ? textBodyLength(requestId, escapedLength(bytes)) : bytes.length;
  if (isJson && bodyBytes > maxJsonBytes) {
    throw new ClientError(
      `the text has a word behind offset ${start} that is too long to be sent`,
      `Words are not cut, and a request holds at most ${maxJsonBytes} bytes.`,
    );
  }
  return { start, end: start + bytes.length, number, requestId, bodyBytes, isJson };
}
