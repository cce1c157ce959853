import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** A part of a log file, in bytes; `end` is the first byte that is no longer of it. */
export interface LogSegment {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** One line of the log of one process. */
export interface LogLine {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970; that of the line before where the line itself has none. */
  readonly timeMs: number;
}

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Which bytes hold the last lines of a log, as it is now: what was put aside, then the log itself.
 *
 * @param lines - Infinity: all.
 */
export async function logSegments(log: string, lines: number): Promise<LogSegment[]> {
  const current = await lastSegment(log, lines);
  const older = current.found < lines ? await lastSegment(`${log}.1`, lines - current.found) : undefined;
  return [...(older ? [older.segment] : []), current.segment];
}

async function lastSegment(path: string, lines: number): Promise<{ segment: LogSegment; found: number }> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch {
    return { segment: { path, start: 0, end: 0 }, found: 0 };
  }
  try {
    const { size } = await file.stat();
    if (lines === Number.POSITIVE_INFINITY) return { segment: { path, start: 0, end: size }, found: 0 };
    const { start, found } = await startOfLastLines(file, size, lines);
    return { segment: { path, start, end: size }, found };
  } finally {
    await file.close();
  }
}

/** Goes back from the end block by block until it has seen enough ends of lines. */
async function startOfLastLines(file: FileHandle, size: number, lines: number) {
  if (lines <= 0) return { start: size, found: 0 };
  const buffer = Buffer.alloc(BLOCK_BYTES);
  let found = 0;
  for (let blockEnd = size; blockEnd > 0; blockEnd -= BLOCK_BYTES) {
    const blockStart = Math.max(0, blockEnd - BLOCK_BYTES);
    await file.read(buffer, 0, blockEnd - blockStart, blockStart);
    for (let index = blockEnd - blockStart - 1; index >= 0; index--) {
      // The end of the file ends a line, whether a newline stands there or not.
      if (buffer[index] !== NEWLINE || blockStart + index === size - 1) continue;
      found += 1;
      if (found === lines) return { start: blockStart + index + 1, found };
    }
  }
  return { start: 0, found: size > 0 ? found + 1 : 0 };
}

/** The lines of a log's segments, in order. */
export async function* readSegments(name: string, segments: readonly LogSegment[]): AsyncGenerator<LogLine> {
  let timeMs = 0;
  for (const { path, start, end } of segments) {
    if (end <= start) continue;
    const input = createReadStream(path, { start, end: end - 1 });
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      timeMs = lineTimeMs(text) ?? timeMs;
      yield { name, text, timeMs };
    }
  }
}

/** Merges logs, each in order by itself, by the time of their lines. Holds one line of each. */
export async function* mergeByTime(sources: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const heads = await Promise.all(
    sources.map(async (source) => ({ source, line: (await source.next()).value as LogLine | undefined })),
  );
  for (;;) {
    const ahead = heads.filter((head) => head.line !== undefined);
    const [first] = ahead;
    if (!first) return;
    const next = ahead.reduce((best, head) => (timeOf(head) < timeOf(best) ? head : best), first);
    if (next.line) yield next.line;
    next.line = (await next.source.next()).value as LogLine | undefined;
  }
}

function timeOf(head: { line: LogLine | undefined }): number {
  return head.line?.timeMs ?? 0;
}

/** Time of a line of JSON: milliseconds since 1970 or ISO 8601. Undefined: it has none. */
export function lineTimeMs(text: string): number | undefined {
  const match = /"time":(?:(\d{10,16})|"([^"]{10,40})")/.exec(text);
  if (!match) return undefined;
  const timeMs = match[1] ? Number(match[1]) : Date.parse(match[2] ?? '');
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
