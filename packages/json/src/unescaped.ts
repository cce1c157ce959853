import type { TextSink } from './shape.js';

const REPLACEMENT = 0xfffd;
/** Longest UTF-8 form, and the one of U+FFFD before it. */
const ROOM_FOR_UNIT = 7;

/**
 * Builds unescaped UTF-8 from plain runs and UTF-16 code units. A high surrogate waits for the low one that may follow,
 * however the document is cut; a lone surrogate becomes U+FFFD.
 */
export abstract class Unescaped {
  bytes: Uint8Array;
  used = 0;
  private high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Makes room for `count` more bytes in `bytes`. @returns false when there can be none: they are dropped */
  protected abstract reserve(count: number): boolean;

  /** Adds `source[from..to)`, which holds neither quotes nor backslashes. */
  plain(source: Uint8Array, from: number, to: number): void {
    this.closeUnit();
    if (to - from > this.bytes.length - this.used && !this.reserve(to - from)) return;
    const { bytes } = this;
    let at = this.used;
    // Runs are short (some 70 bytes in English): this beats `set(subarray())`, which costs a view for each.
    for (let i = from; i < to; i++) bytes[at++] = source[i] as number;
    this.used = at;
  }

  /** Adds what an escape stands for: one UTF-16 code unit. */
  unit(unit: number): void {
    if (ROOM_FOR_UNIT > this.bytes.length - this.used && !this.reserve(ROOM_FOR_UNIT)) return;
    if (this.high !== 0 && (unit & 0xfc00) === 0xdc00) {
      const codePoint = 0x10000 + ((this.high & 0x3ff) << 10) + (unit & 0x3ff);
      this.high = 0;
      this.put(codePoint);
      return;
    }
    this.closeUnit();
    if ((unit & 0xf800) !== 0xd800) this.put(unit);
    else if (unit < 0xdc00) this.high = unit;
    else this.put(REPLACEMENT);
  }

  /** The string, or a plain run: a high surrogate that still waits is a lone one. */
  closeUnit(): void {
    if (this.high === 0) return;
    this.high = 0;
    if (ROOM_FOR_UNIT > this.bytes.length - this.used && !this.reserve(ROOM_FOR_UNIT)) return;
    this.put(REPLACEMENT);
  }

  private put(codePoint: number): void {
    const { bytes } = this;
    if (codePoint < 0x80) {
      bytes[this.used++] = codePoint;
    } else if (codePoint < 0x800) {
      bytes[this.used++] = 0xc0 | (codePoint >> 6);
      bytes[this.used++] = 0x80 | (codePoint & 0x3f);
    } else {
      if (codePoint < 0x10000) {
        bytes[this.used++] = 0xe0 | (codePoint >> 12);
      } else {
        bytes[this.used++] = 0xf0 | (codePoint >> 18);
        bytes[this.used++] = 0x80 | ((codePoint >> 12) & 0x3f);
      }
      bytes[this.used++] = 0x80 | ((codePoint >> 6) & 0x3f);
      bytes[this.used++] = 0x80 | (codePoint & 0x3f);
    }
  }
}

/** Large enough that a call per piece costs nothing, small enough to stay in the cache. */
const SCRATCH_BYTES = 64 * 1024;
/** From here on a plain run is handed out where it stands: a view costs less than copying it. */
const DIRECT_BYTES = 1024;

/**
 * One scratch buffer for every reader: a piece lives only as long as its callback. While a reader uses it, it is not
 * here, so a reader that runs inside another one's callback makes its own.
 */
let spare: Uint8Array | undefined;
const ABSENT = new Uint8Array(0);

/** Hands unescaped text to a sink in pieces. */
export class TextPieces extends Unescaped {
  private sink: TextSink = { chunk: () => undefined };

  constructor() {
    super(ABSENT);
  }

  /** Before the text's part of a chunk: `sink` takes its pieces. */
  open(sink: TextSink): void {
    this.sink = sink;
    this.bytes = spare ?? new Uint8Array(SCRATCH_BYTES);
    spare = undefined;
  }

  /** After it: what has gathered goes out, and the scratch buffer goes back. */
  close(): void {
    this.flush();
    spare = this.bytes;
    this.bytes = ABSENT;
  }

  override plain(source: Uint8Array, from: number, to: number): void {
    if (to - from < DIRECT_BYTES) {
      super.plain(source, from, to);
    } else {
      this.closeUnit();
      this.flush();
      this.sink.chunk(source.subarray(from, to));
    }
  }

  protected reserve(): boolean {
    this.flush();
    return true;
  }

  private flush(): void {
    if (this.used === 0) return;
    const chunk = this.bytes.subarray(0, this.used);
    this.used = 0;
    this.sink.chunk(chunk);
  }
}

/** Keeps an unescaped key, up to a limit. */
export class KeyBytes extends Unescaped {
  /** Whether the key is longer than the limit; `bytes` holds nothing of use then. */
  isTooLong = false;
  private maxBytes = 0;

  constructor() {
    super(ABSENT);
  }

  /** Starts a key of at most `maxBytes`. */
  start(maxBytes: number): void {
    this.used = 0;
    this.isTooLong = false;
    this.maxBytes = maxBytes;
  }

  /** Whether what has been added so far goes past the limit. */
  exceeds(): boolean {
    return this.isTooLong || this.used > this.maxBytes;
  }

  protected reserve(count: number): boolean {
    if (this.used > this.maxBytes || this.used + count > this.maxBytes + ROOM_FOR_UNIT) this.isTooLong = true;
    if (this.isTooLong) return false;
    const larger = new Uint8Array(Math.max(64, 2 * this.bytes.length, this.used + count));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
    return true;
  }
}
