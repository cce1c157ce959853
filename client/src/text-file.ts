import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteRange } from './cut.js';
import { cannotRead, type FoundText, findText } from './find-text.js';
import { ClientError } from './problems.js';

/** Bytes read at once. Larger is no faster; smaller costs a turn of the event loop for each. */
const SLICE_BYTES = 256 * 1024;
/** Longest code point in UTF-8, less one: so much of it can stand at the end of a slice. */
const MAX_CUT_BYTES = 3;

/** What the chunks of a text are read from, as often as they are sent. */
export interface TextSource {
  /** The bytes of a part, in slices of whole code points. */
  slices(range: ByteRange, areKept?: boolean): AsyncIterable<Buffer>;
  /** The error for a part that is not as long as it was. */
  changed(): ClientError;
}

/**
 * A text on disk. It is read in slices and never held whole.
 */
export class TextFile implements TextSource, AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #handle: FileHandle;

  private constructor(filePath: string, sizeBytes: number, handle: FileHandle) {
    this.path = filePath;
    this.sizeBytes = sizeBytes;
    this.#handle = handle;
  }

  /**
   * Opens a file by its path, or by its bare name in the folder of datasets.
   *
   * @throws ClientError when there is none, it is no file, it is empty, or it may not be read.
   */
  static async open(nameOrPath: string): Promise<TextFile> {
    const found = await findText(nameOrPath);
    if (found.kind === 'file' && found.descriptor === undefined) return TextFile.openFound(found);
    throw new ClientError(
      `${found.path} can be read only once: it is a ${found.kind}`,
      'Keep the text in a file first.',
    );
  }

  /** Opens a text that is known to be a file. Errors as with {@link open}. */
  static async openFound({ path: filePath }: FoundText): Promise<TextFile> {
    // What has become a pipe meanwhile is not waited for.
    const handle = await open(filePath, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      throw cannotRead(filePath, error);
    });
    const info = await handle.stat();
    if (!info.isFile() || info.size === 0) {
      await handle.close();
      throw info.isFile() ? isEmpty(filePath) : new ClientError(`${filePath} is no longer the file that it was`);
    }
    return new TextFile(filePath, info.size, handle);
  }

  /**
   * Reads bytes from a position on: as many as are wanted, or fewer at the end of the file.
   *
   * @param target - Where they are put, with room for all of them; without one they get memory of their own.
   */
  async readAt(position: number, maxBytes: number, target?: Buffer): Promise<Buffer> {
    const bytes = target ?? Buffer.allocUnsafe(maxBytes);
    let filled = 0;
    while (filled < maxBytes) {
      const { bytesRead } = await this.#handle.read(bytes, filled, maxBytes - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /**
   * The bytes of a part of the file, in slices of whole code points.
   *
   * @param areKept - Whether each has memory of its own. If not, it is valid until the next one is asked for: all lie in
   * the same memory, which saves the garbage collector as many bytes as the file has.
   * @throws ClientError when the bytes are not valid UTF-8, or the file has become shorter.
   */
  async *slices(range: ByteRange, areKept = false): AsyncGenerator<Buffer> {
    const memory = areKept ? undefined : Buffer.allocUnsafe(Math.min(SLICE_BYTES, range.end - range.start));
    let position = range.start;
    while (position < range.end) {
      const wanted = Math.min(SLICE_BYTES, range.end - position);
      const bytes = await this.readAt(position, wanted, memory);
      if (bytes.length < wanted) throw this.changed();
      const isLast = position + wanted === range.end;
      const slice = isLast ? bytes : bytes.subarray(0, endOfWholeCodePoints(bytes));
      if (!isUtf8(slice)) throw notUtf8(this.path, slice, position);
      yield slice;
      position += slice.length;
    }
  }

  /** The whole text: for those who send it again and again. Errors as with {@link slices}. */
  async readWhole(): Promise<Buffer> {
    const whole = Buffer.allocUnsafe(this.sizeBytes);
    let length = 0;
    for await (const slice of this.slices({ start: 0, end: this.sizeBytes })) length += slice.copy(whole, length);
    return whole;
  }

  /** The error for a file that is not what it was when it was opened. */
  changed(): ClientError {
    return new ClientError(`${this.path} changed while it was read`, 'Send it again when it is no longer written to.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** The error for a text without a byte. */
export function isEmpty(path: string): ClientError {
  return new ClientError(`${path} is empty: there is nothing to count`);
}

/** The error for bytes that are no UTF-8. @param position - Where in the text they begin. */
export function notUtf8(path: string, bytes: Buffer, position: number): ClientError {
  const offset = firstInvalidByte(bytes);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
  return new ClientError(
    `${path} is not valid UTF-8: the byte 0x${byte} at offset ${position + offset} is wrong there`,
    'Convert the text to UTF-8, for example with iconv.',
  );
}

/** Where a code point that is cut at the end of some bytes begins; the length of the bytes when none is. */
function endOfWholeCodePoints(bytes: Uint8Array): number {
  const earliest = Math.max(0, bytes.length - MAX_CUT_BYTES);
  for (let offset = bytes.length - 1; offset >= earliest; offset--) {
    const byte = bytes[offset] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return offset + sequenceBytes(byte) > bytes.length ? offset : bytes.length;
  }
  return bytes.length;
}

function sequenceBytes(leadByte: number): number {
  if (leadByte < 0xe0) return 2;
  return leadByte < 0xf0 ? 3 : 4;
}

/** Offset of the first byte that the decoder replaces. Only for bytes that are known to be invalid. */
function firstInvalidByte(bytes: Buffer): number {
  const decoded = bytes.toString('utf8');
  for (let index = decoded.indexOf('\ufffd'); index >= 0; index = decoded.indexOf('\ufffd', index + 1)) {
    // All before the first replaced byte is valid, so its length in UTF-8 is its length in the file.
    const offset = Buffer.byteLength(decoded.slice(0, index));
    if (bytes.toString('hex', offset, offset + 3) !== 'efbfbd') return offset;
  }
  return 0;
}
