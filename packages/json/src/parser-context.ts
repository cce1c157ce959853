import { Capture } from './capture.js';
import { JsonError, type JsonErrorCode } from './errors.js';
import {
  type CountsSink,
  findMember,
  type MemberSpecs,
  type ObjectSink,
  type ShapeNode,
  type SinkOf,
  type TextSink,
  type ValueSink,
} from './shape.js';
import { KeyBytes } from './unescaped.js';

type Sinks = { readonly [name: string]: SinkOf<MemberSpecs[string]> };

/** A count is a number token of at most so many bytes: `1`, `1.0` and `1e0` are counts, a kilobyte of zeros is not. */
const MAX_COUNT_BYTES = 128;
/** What the values of a counts object are to be. */
export const COUNT = 'a non-negative safe integer';

/** Where in the declared shape the reader is, what it keeps there, and who takes what it finds. */
export class ParserContext {
  /** Offset in the document of the first byte of the current chunk. */
  base = 0;
  /** The innermost open object that is declared. */
  node: ShapeNode;
  /** The declared member whose key has been read and whose value is not over; `undefined` in a skipped one. */
  member: ShapeNode | undefined;
  /** The key that is being unescaped, and after it the key that waits for its count. */
  readonly key = new KeyBytes();
  private isInKey = false;
  /** Where that key starts. */
  private keyOffset = 0;
  readonly capture = new Capture();
  private seen = 0;
  private sinks: Sinks;
  /** The sinks of the objects around `node`; made when the first one is entered. */
  private outer: Sinks[] | undefined;
  private counts: CountsSink | undefined;

  /**
   * @param top the compiled top level
   * @param sinks its sinks
   */
  constructor(top: ShapeNode, sinks: Sinks) {
    this.node = top;
    this.sinks = sinks;
  }

  /**
   * Throws. When a limit was passed before the fault, the limit is what is reported: it would have been reported first
   * had the document been cut there.
   *
   * @param offset of the fault, from the start of the document
   */
  fail(code: JsonErrorCode, offset: number, expected?: string): never {
    const { capture, node, member } = this;
    if (capture.isOpen && offset - capture.offset > capture.maxBytes) this.failCapture();
    if (this.isInKey) this.checkKey();
    throw new JsonError(code, (member ?? node).path, offset, expected);
  }

  /** Refuses the byte at `index`. */
  failSyntax(index: number): never {
    return this.fail('SYNTAX', this.base + index);
  }

  /** Refuses a value of the wrong type, whose first byte is at `index`. */
  failType(index: number, expected: string): never {
    return this.fail('WRONG_TYPE', this.base + index, expected);
  }

  private failCapture(): never {
    const { capture, node, member } = this;
    throw new JsonError('TOO_LARGE', (member ?? node).path, capture.offset + capture.maxBytes);
  }

  /** Refuses the key of a count that is over its limit. Other keys may have any length: they are no declared name. */
  checkKey(): void {
    if (this.node.kind !== 'counts' || !this.key.exceeds()) return;
    throw new JsonError('TOO_LARGE', this.node.path, this.keyOffset);
  }

  /** A key that is to be unescaped has its opening quote at `index`. */
  openKey(index: number): void {
    this.keyOffset = this.base + index;
    this.isInKey = true;
    this.key.start(this.node.maxBytes);
  }

  /** The key that was unescaped is over. */
  closeKey(): void {
    const { key, node } = this;
    this.checkKey();
    this.isInKey = false;
    if (node.kind === 'object' && !key.exceeds()) this.takeKey(key.bytes, 0, key.used, this.keyOffset);
  }

  /**
   * The key of a declared object is `bytes[from..to)`, unescaped.
   *
   * @param offset of its opening quote in the document
   */
  takeKey(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const member = findMember(this.node, bytes, from, to);
    this.member = member;
    if (member === undefined) return;
    if ((this.seen & member.bit) !== 0) this.fail('DUPLICATE_MEMBER', offset);
    this.seen |= member.bit;
  }

  textSink(): TextSink {
    return this.sinks[this.member?.name ?? ''] as TextSink;
  }

  /** The text of the current member is over. */
  closeText(): void {
    const sink = this.textSink();
    this.member = undefined;
    sink.end?.();
  }

  countsSink(): CountsSink {
    return this.counts as CountsSink;
  }

  /** The member's value, an object that is declared, opens. */
  enter(member: ShapeNode): void {
    const sink = this.sinks[member.name] as CountsSink | ObjectSink<MemberSpecs>;
    this.node = member;
    this.member = undefined;
    if (member.kind === 'counts') {
      this.counts = sink as CountsSink;
    } else {
      this.outer ??= [];
      this.outer.push(this.sinks);
      this.sinks = (sink as ObjectSink<MemberSpecs>).members;
    }
    sink.begin?.();
  }

  /** The innermost declared object closes. @returns whether it was the top level */
  leave(): boolean {
    const { node } = this;
    if (node.parent === undefined) return true;
    this.node = node.parent;
    if (node.kind === 'counts') {
      this.counts?.end?.();
    } else {
      this.sinks = this.outer?.pop() as Sinks;
      (this.sinks[node.name] as ObjectSink<MemberSpecs>).end?.();
    }
    return false;
  }

  /** Starts to keep a value whose first byte is at `index`. */
  openCapture(index: number): void {
    const maxBytes = this.member?.maxBytes ?? MAX_COUNT_BYTES;
    this.capture.open(this.base + index, index, maxBytes);
  }

  /** The chunk ends at `to`, before the value that is kept. */
  keep(bytes: Uint8Array, to: number): void {
    if (!this.capture.keep(bytes, to)) this.failCapture();
  }

  /** The value that is kept ends at `to`: a declared value, or a count. */
  closeCapture(bytes: Uint8Array, to: number): void {
    const text = this.capture.close(bytes, to);
    if (text === undefined) this.failCapture();
    if (this.member !== undefined) (this.sinks[this.member.name] as ValueSink)(JSON.parse(text));
    else this.takeCount(Number(text));
  }

  private takeCount(count: number): void {
    if (!Number.isSafeInteger(count) || count < 0) this.fail('WRONG_TYPE', this.capture.offset, COUNT);
    // Adding 0 turns -0, which JSON can say, into 0.
    this.countsSink().entry(this.key.bytes, 0, this.key.used, count + 0);
  }
}
