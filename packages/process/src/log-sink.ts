import { write, writeSync } from 'node:fs';

/** What may wait for a reader that does not read, in characters: some thousand lines. What comes on top is dropped. */
const MAX_WAITING_LENGTH = 1024 * 1024;
/** When a full pipe is tried again: soon at first, since a reader that is there empties it at once. */
const FIRST_RETRY_MS = 5;
const MAX_RETRY_MS = 200;
/** How long the end of the process waits for the log, all told. */
const MAX_END_MS = 1000;
/** How long nothing may be dropped until the log counts as written again: one that comes and goes is told of once. */
const HEALED_AFTER_MS = 1000;

const NEWLINE = 0x0a;

/** Hears of a log that cannot be written. */
export interface LogTrouble {
  /** @param code - the system's word for why: `ENOSPC`. */
  began(code: string): void;
  /** @param droppedLines - how many were lost since it began. */
  ended(droppedLines: number): void;
}

/**
 * Writes a log to a descriptor, without waiting and one write at a time. It never throws: lines that cannot be written are
 * dropped and counted, and the next ones are tried again. A pipe that is full is no such error until more waits
 * than may.
 */
export class LogSink {
  readonly #descriptor: number;
  readonly #trouble: LogTrouble;
  #waiting = '';
  /** Being written, from `#offset` on. */
  #chunk: Buffer | undefined;
  #offset = 0;
  /** When the write under way began; undefined: none is. */
  #writeBeganMs: number | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: NodeJS.Timeout | undefined;
  /** The last line that was written lacks its end, and the chunk begins with one for it. */
  #isLineCut = false;
  #mendsLine = false;
  #droppedLines = 0;
  /** Undefined: nothing is amiss. */
  #failing: { droppedBefore: number; lastMs: number } | undefined;
  #endsAtMs: number | undefined;
  #idle: (() => void) | undefined;

  constructor(descriptor: number, trouble: LogTrouble) {
    this.#descriptor = descriptor;
    this.#trouble = trouble;
  }

  /** Lines that were lost since the process began. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** @param text - whole lines. */
  write(text: string): void {
    if (this.#waiting.length + text.length > MAX_WAITING_LENGTH) {
      this.#dropped('EAGAIN', linesOf(Buffer.from(text)));
      return;
    }
    this.#waiting += text;
    if (this.#chunk === undefined) this.#next();
  }

  /** Settles when all is written or dropped, and after a second at the latest. */
  async end(): Promise<void> {
    this.#endsAtMs ??= performance.now() + MAX_END_MS;
    if (this.#chunk === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = setTimeout(resolve, Math.max(0, this.#endsAtMs - performance.now()));
    await promise;
    clearTimeout(timer);
  }

  /**
   * Writes what is left before the process ends, for as long as is left of the second. A write that hangs has a thread of
   * Node's that cannot be ended, and for which `process.exit` would wait for ever: then the process is killed.
   */
  endSync(): void {
    const nowMs = performance.now();
    this.#endsAtMs ??= nowMs + MAX_END_MS;
    clearTimeout(this.#retryTimer);
    if (this.#writeBeganMs !== undefined) {
      if (nowMs - this.#writeBeganMs >= MAX_END_MS) process.kill(process.pid, 'SIGKILL');
      this.#chunk = undefined;
    }
    while (this.#chunk !== undefined || this.#take()) this.#writeChunkSync(this.#endsAtMs);
  }

  #next(): void {
    if (this.#take()) this.#writeChunk();
    else this.#idle?.();
  }

  /** Makes a chunk of what waits. @returns whether there is any. */
  #take(): boolean {
    if (this.#waiting === '') return false;
    this.#mendsLine = this.#isLineCut;
    this.#chunk = Buffer.from(this.#mendsLine ? `\n${this.#waiting}` : this.#waiting);
    this.#offset = 0;
    this.#waiting = '';
    return true;
  }

  #writeChunk(): void {
    if (this.#chunk === undefined) return;
    this.#writeBeganMs = performance.now();
    write(this.#descriptor, this.#chunk, this.#offset, this.#onWritten);
  }

  readonly #onWritten = (error: NodeJS.ErrnoException | null, bytes: number): void => {
    this.#writeBeganMs = undefined;
    if (this.#chunk === undefined) return;
    if (error ? isBusy(error) : bytes === 0) {
      this.#retryLater();
      return;
    }
    if (error) this.#dropChunk(error);
    else this.#advance(bytes);
    if (this.#chunk) this.#writeChunk();
    else this.#next();
  };

  #retryLater(): void {
    this.#retryTimer = setTimeout(() => this.#writeChunk(), this.#retryMs).unref();
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
  }

  #writeChunkSync(deadlineMs: number): void {
    if (this.#chunk === undefined) return;
    try {
      this.#advance(writeSync(this.#descriptor, this.#chunk, this.#offset));
    } catch (error) {
      if (!isBusy(error as Error) || performance.now() >= deadlineMs) this.#dropChunk(error as Error);
      else sleep(FIRST_RETRY_MS);
    }
  }

  #advance(bytes: number): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#offset += bytes;
    if (this.#chunk && this.#offset < this.#chunk.length) return;
    this.#chunk = undefined;
    this.#isLineCut = false;
    if (this.#failing && performance.now() - this.#failing.lastMs >= HEALED_AFTER_MS) this.#healed();
  }

  #dropChunk(error: NodeJS.ErrnoException): void {
    const chunk = this.#chunk ?? Buffer.alloc(0);
    if (this.#offset > 0) this.#isLineCut = chunk[this.#offset - 1] !== NEWLINE;
    // The end that was to mend an earlier line is none of a line that is lost.
    const rest = chunk.subarray(this.#mendsLine ? Math.max(1, this.#offset) : this.#offset);
    this.#chunk = undefined;
    this.#dropped(error.code ?? error.name, linesOf(rest));
  }

  #dropped(code: string, lines: number): void {
    const isFirst = this.#failing === undefined;
    this.#failing ??= { droppedBefore: this.#droppedLines, lastMs: 0 };
    this.#failing.lastMs = performance.now();
    this.#droppedLines += lines;
    if (isFirst) this.#trouble.began(code);
  }

  #healed(): void {
    const { droppedBefore } = this.#failing ?? { droppedBefore: this.#droppedLines };
    this.#failing = undefined;
    this.#trouble.ended(this.#droppedLines - droppedBefore);
  }
}

/** The reader is there, and has not read yet. */
function isBusy({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EAGAIN' || code === 'EBUSY';
}

function linesOf(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

/** Waits where nothing else may happen any more. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
