import { type FileHandle, open, stat } from 'node:fs/promises';
import { type LogLine, lineTimeMs } from './log-segments.js';

/** Most that is taken from one log at a time, so that a busy one does not hold up the others. */
const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Reads what is appended to a log, across the moment when the log is put aside and starts again. */
export class LogFollower {
  readonly #name: string;
  readonly #path: string;
  #offset: number;
  /** A new fleet has new logs; a log that is cut stays the same file. */
  #file: string | undefined;
  /** The file put aside last; another one says that the log has been cut and started again. */
  #older: string | undefined;
  /** The beginning of a line whose end is not written yet. */
  #partial: Buffer = Buffer.alloc(0);
  #timeMs = 0;

  private constructor(name: string, path: string, offset: number) {
    this.#name = name;
    this.#path = path;
    this.#offset = offset;
  }

  /** @param offset - byte of the log to begin at. */
  static async open(name: string, path: string, offset: number): Promise<LogFollower> {
    const follower = new LogFollower(name, path, offset);
    follower.#file = (await fileMark(path))?.inode;
    follower.#older = (await fileMark(`${path}.1`))?.version;
    return follower;
  }

  /** The whole lines that came since the last call, at most about 1 MiB of them. */
  async poll(): Promise<LogLine[]> {
    const file = (await fileMark(this.#path))?.inode;
    const older = (await fileMark(`${this.#path}.1`))?.version;
    if (file !== this.#file) {
      this.#file = file;
      this.#beginAnew(older);
    } else if (older !== this.#older) {
      const rest = await readFrom(`${this.#path}.1`, this.#offset);
      const lines = this.#take(rest);
      if (rest.length < READ_BYTES) this.#beginAnew(older);
      return lines;
    }
    return this.#take(await readFrom(this.#path, this.#offset));
  }

  #beginAnew(older: string | undefined): void {
    this.#older = older;
    this.#offset = 0;
    this.#partial = Buffer.alloc(0);
  }

  #take(bytes: Buffer): LogLine[] {
    this.#offset += bytes.length;
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#partial = Buffer.concat([this.#partial, bytes]);
      return [];
    }
    const whole = Buffer.concat([this.#partial, bytes.subarray(0, end)]).toString('utf8');
    this.#partial = Buffer.from(bytes.subarray(end + 1));
    return whole.split('\n').map((text) => {
      this.#timeMs = lineTimeMs(text) ?? this.#timeMs;
      return { name: this.#name, text, timeMs: this.#timeMs };
    });
  }
}

async function fileMark(path: string): Promise<{ inode: string; version: string } | undefined> {
  return stat(path).then(
    ({ ino, mtimeMs }) => ({ inode: String(ino), version: `${ino}/${mtimeMs}` }),
    () => undefined,
  );
}

/** Nothing when there is no such file yet, or it is shorter: between its cut and its new name. */
async function readFrom(path: string, offset: number): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const buffer = Buffer.alloc(Math.min(READ_BYTES, Math.max(0, (await file.stat()).size - offset)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
