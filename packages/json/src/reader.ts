import { isUtf8 } from 'node:buffer';
import { Machine } from './machine.js';
import { ParserContext } from './parser-context.js';
import type { JsonShape, MemberSpecs, SinksOf } from './shape.js';
import { firstInvalid, missingBytes, wholeCodePointsEnd } from './utf8.js';

const MARK_BYTES = 3;

/**
 * Reads one JSON document as its bytes arrive, and hands the declared members to their sinks while it reads. Memory
 * does not grow with the document: only declared values and cut keys are kept, up to their limits.
 *
 * It accepts what RFC 8259 accepts, in valid UTF-8, with one leading byte order mark (section 8.1 lets a reader ignore
 * it). After an error, also one thrown by a sink, the reader is of no more use.
 */
export class JsonReader<S extends MemberSpecs = MemberSpecs> {
  private readonly place: ParserContext;
  private readonly machine: Machine;
  /** Bytes of the chunks before the current one. */
  private offset = 0;
  /** The cut code point at the end of the last chunk. */
  private cut: Uint8Array | undefined;
  private isUsable = true;

  /**
   * @param shape what the document looks like
   * @param sinks one for every declared member
   */
  constructor(shape: JsonShape<S>, sinks: SinksOf<S>) {
    this.place = new ParserContext(shape.top, sinks as ConstructorParameters<typeof ParserContext>[1]);
    this.machine = new Machine(this.place, shape.maxDepth);
  }

  /**
   * Reads the next bytes.
   *
   * @param chunk any number of bytes, cut anywhere; read only, and of no interest after the call returns
   * @throws JsonError when the document is refused
   */
  write(chunk: Uint8Array): void {
    this.take();
    // A Buffer has another hidden class than a Uint8Array: with one view of each chunk the loops see only one.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const from = this.cut === undefined ? 0 : this.completeCut(bytes);
    const end = this.cut === undefined ? wholeCodePointsEnd(bytes, from) : from;
    if (from < end) this.read(bytes, from, end, this.offset);
    if (end < bytes.length) this.cut = bytes.slice(end);
    this.offset += bytes.length;
    this.isUsable = true;
  }

  /**
   * The document has arrived whole.
   *
   * @throws JsonError when it is not complete
   */
  end(): void {
    this.take();
    if (this.cut !== undefined) this.place.fail('INVALID_UTF8', this.offset - this.cut.length);
    if (!this.machine.isDone()) this.place.fail('INCOMPLETE', this.offset);
  }

  private take(): void {
    if (!this.isUsable) throw new Error('this JsonReader has ended or failed, or is called from its own sink');
    this.isUsable = false;
  }

  /** @returns how many bytes of the chunk went to the cut code point */
  private completeCut(bytes: Uint8Array): number {
    const cut = this.cut as Uint8Array;
    const added = Math.min(missingBytes(cut), bytes.length);
    const whole = new Uint8Array(cut.length + added);
    whole.set(cut);
    whole.set(bytes.subarray(0, added), cut.length);
    if (missingBytes(whole) > 0) {
      this.cut = whole;
    } else {
      this.cut = undefined;
      this.read(whole, 0, whole.length, this.offset - cut.length);
    }
    return added;
  }

  private read(bytes: Uint8Array, from: number, end: number, base: number): void {
    const part = from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end);
    const start = base + from === 0 && startsWithMark(part) ? MARK_BYTES : from;
    if (isUtf8(part)) {
      this.machine.feed(bytes, start, end, base);
      return;
    }
    const fault = from + firstInvalid(part, 0);
    this.machine.feed(bytes, start, fault, base);
    this.place.fail('INVALID_UTF8', base + fault);
  }
}

function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
