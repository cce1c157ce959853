import { writeSync } from 'node:fs';
import { type DestinationStream, type Logger, pino } from 'pino';
import { LineBatch } from './line-batch.js';
import { LogSink, type LogTrouble } from './log-sink.js';

/** Who a log line is from: part of every line. */
export interface LogIdentity {
  readonly service: string;
  /** `service1a`; of a balancer, its name. */
  readonly instance: string;
  /** The stage's number. */
  readonly stage: number;
}

/** How long a line may wait in memory for others to be written with: long enough to save writes, too short to notice. */
const FLUSH_INTERVAL_MS = 200;
/** Lines are written together once they are this long, in characters: a write costs a thread's waking up. */
const BATCH_LENGTH = 32 * 1024;

const STDOUT = 1;
const STDERR = 2;

/**
 * A logger of JSON lines on standard output that does not block. What cannot be written is dropped and counted, and
 * never stops the process.
 */
export interface ProcessLog {
  readonly logger: Logger;
  /** Lines that could not be written. */
  readonly droppedLines: number;
  /** Settles when all that it holds is written out or dropped, and after a second at the latest. */
  end(): Promise<void>;
}

/** Opens the log of a process. What it still holds at the process's exit is written then, within a second. */
export function openLog(level: string, identity: LogIdentity): ProcessLog {
  surviveOutputErrors();
  const sink = new LogSink(STDOUT, tellOnStderr(identity));
  const lines = new LineBatch(sink, BATCH_LENGTH);
  setInterval(() => lines.flush(), FLUSH_INTERVAL_MS).unref();
  process.once('exit', () => {
    lines.flush();
    sink.endSync();
  });
  return {
    logger: loggerInto(lines, level, identity),
    get droppedLines() {
      return sink.droppedLines;
    },
    end: () => {
      lines.flush();
      return sink.end();
    },
  };
}

/**
 * Without a listener, a warning that cannot be written would end the process. And pipes do not block any more once Node has
 * made its streams of them, whatever writes to their descriptors.
 */
function surviveOutputErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

function tellOnStderr(identity: LogIdentity): LogTrouble {
  const write = (line: string) => {
    try {
      writeSync(STDERR, line);
    } catch {
      // Often it is the same file. The count in /metrics says it as well.
    }
  };
  const logger = loggerInto({ write }, 'warn', identity);
  return {
    began: (code) => logger.warn({ code }, 'the log cannot be written; its lines are dropped and counted'),
    ended: (dropped) => logger.warn({ dropped_lines: dropped }, 'the log is written again'),
  };
}

function loggerInto(stream: DestinationStream, level: string, identity: LogIdentity): Logger {
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level, base: { ...identity }, timestamp: isoTime, formatters }, stream);
}

let timeMs = Number.NaN;
let timeField = '';

/** The time as a field, made once a millisecond. */
function isoTime(): string {
  const nowMs = Date.now();
  if (nowMs !== timeMs) {
    timeMs = nowMs;
    timeField = `,"time":"${new Date(nowMs).toISOString()}"`;
  }
  return timeField;
}

/**
 * What may be logged of an unexpected error. The message is left out: parsers quote their input in it, and the input
 * is the user's text.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { type: error.name, code: (error as NodeJS.ErrnoException).code, stack: frames.slice(0, 8).join('\n') };
}
