import { type Logger, pino } from 'pino';
import { LineBatch } from './line-batch.js';

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

/** A logger of JSON lines on standard output that does not block, and how to write out what it still holds. */
export interface ProcessLog {
  readonly logger: Logger;
  flush(): void;
}

/** Opens the log of a process. */
export function openLog(level: string, identity: LogIdentity): ProcessLog {
  const destination = pino.destination({ dest: 1, sync: false, minLength: BATCH_LENGTH, maxWrite: 2 * BATCH_LENGTH });
  const lines = new LineBatch(destination, BATCH_LENGTH);
  const timer = setInterval(() => {
    lines.flush();
    destination.flush();
  }, FLUSH_INTERVAL_MS);
  timer.unref();
  const flush = () => {
    lines.flush();
    destination.flushSync();
  };
  process.once('exit', flush);
  const formatters = { level: (label: string) => ({ level: label }) };
  const logger = pino({ level, base: { ...identity }, timestamp: isoTime, formatters }, lines);
  return { logger, flush };
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
