import {
  ARRAY,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LITERAL,
  NUMBER,
  OBJECT,
  QUOTE,
  SPACE,
  STRING,
  scanPlain,
  VALUE_KIND,
} from './bytes.js';
import { readEntries } from './counts.js';
import { COUNT, type ParserContext } from './parser-context.js';
import type { ShapeNode } from './shape.js';
import * as state from './states.js';
import { GOES_ON } from './strings.js';
import { Tokens } from './tokens.js';

/**
 * The grammar of RFC 8259, one token after the other, without recursion. It takes valid UTF-8 that is never cut inside
 * a code point.
 */
export class Machine {
  private state: number = state.START;
  private readonly place: ParserContext;
  private readonly tokens: Tokens;
  private readonly maxDepth: number;
  /** Open objects and arrays, declared or not. */
  private depth = 0;
  /** The kinds of the open objects and arrays that no declaration names. */
  private readonly nested: number[] = [];

  /**
   * @param place where in the shape the reader is
   * @param maxDepth how many objects and arrays may be open at once
   */
  constructor(place: ParserContext, maxDepth: number) {
    this.place = place;
    this.tokens = new Tokens(place);
    this.maxDepth = maxDepth;
  }

  /**
   * @param bytes a chunk
   * @param from first byte to read
   * @param end first byte not to read
   * @param base offset in the document of `bytes[0]`
   */
  feed(bytes: Uint8Array, from: number, end: number, base: number): void {
    const { strings } = this.tokens;
    let i = from;
    while (strings.held !== undefined && i < end) {
      const unit = strings.complete(bytes, i, end);
      i += unit.added;
      this.run(unit.bytes, 0, unit.bytes.length, unit.offset);
    }
    if (i < end) this.run(bytes, i, end, base);
  }

  /** @returns whether the top-level object has been closed */
  isDone(): boolean {
    return this.state === state.DONE;
  }

  private run(bytes: Uint8Array, from: number, end: number, base: number): void {
    const { place } = this;
    place.base = base;
    place.capture.resume(from);
    let i = from;
    while (i < end) i = this.state < state.IN_NUMBER ? this.between(bytes, i, end) : this.inside(bytes, i, end);
    if (place.capture.isOpen) place.keep(bytes, this.tokens.strings.stop(end));
  }

  /** Reads the byte that follows a token. */
  private between(bytes: Uint8Array, at: number, end: number): number {
    const byte = bytes[at] as number;
    if (SPACE[byte] === 1) return at + 1;
    switch (this.state) {
      case state.START:
        return this.top(at, byte);
      case state.KEY_OR_CLOSE:
        return byte === CLOSE_OBJECT ? this.close(bytes, at) : this.key(bytes, at, end);
      case state.KEY:
        return this.key(bytes, at, end);
      case state.BEFORE_COLON:
        if (byte !== COLON) this.place.failSyntax(at);
        this.state = state.VALUE;
        return at + 1;
      case state.VALUE:
        return this.value(at, byte);
      case state.VALUE_OR_CLOSE:
        return byte === CLOSE_ARRAY ? this.close(bytes, at) : this.value(at, byte);
      case state.AFTER_VALUE:
        return this.afterValue(bytes, at, byte);
      default:
        return this.place.failSyntax(at);
    }
  }

  /** Reads on inside a token. */
  private inside(bytes: Uint8Array, at: number, end: number): number {
    const after = this.tokens.read(this.state, bytes, at, end);
    if (after === GOES_ON) return end;
    switch (this.state) {
      case state.IN_KEY:
        this.place.closeKey();
        this.state = state.BEFORE_COLON;
        break;
      case state.IN_SKIPPED_KEY:
        this.state = state.BEFORE_COLON;
        break;
      case state.IN_RAW:
      case state.IN_DECODED:
        this.state = state.AFTER_VALUE;
        this.place.closeText();
        break;
      default:
        this.valueEnds(bytes, after);
    }
    return after;
  }

  private top(at: number, byte: number): number {
    const kind = VALUE_KIND[byte];
    if (kind === 0) this.place.failSyntax(at);
    if (kind !== OBJECT) this.place.failType(at, 'object');
    this.descend(at);
    this.state = state.KEY_OR_CLOSE;
    return at + 1;
  }

  private key(bytes: Uint8Array, at: number, end: number): number {
    const { place } = this;
    if (bytes[at] !== QUOTE) place.failSyntax(at);
    if (this.nested.length > 0) {
      this.state = state.IN_SKIPPED_KEY;
      return at + 1;
    }
    const after = place.node.kind === 'counts' ? this.entries(bytes, at, end) : this.wholeKey(bytes, at, end);
    if (after > at) return after;
    place.openKey(at);
    this.state = state.IN_KEY;
    return at + 1;
  }

  /** The fast lane of counts. @returns where to read on; `at` when the careful lane must read the key */
  private entries(bytes: Uint8Array, at: number, end: number): number {
    const { place } = this;
    const after = readEntries(bytes, at, end, place.node.maxBytes, place.countsSink());
    if (after > at) this.state = state.AFTER_VALUE;
    return after;
  }

  /** The fast lane of declared objects. @returns where to read on; `at` when the careful lane must read the key */
  private wholeKey(bytes: Uint8Array, at: number, end: number): number {
    const keyEnd = scanPlain(bytes, at + 1, end);
    if (keyEnd === end || bytes[keyEnd] !== QUOTE) return at;
    this.place.takeKey(bytes, at + 1, keyEnd, this.place.base + at);
    this.state = state.BEFORE_COLON;
    return keyEnd + 1;
  }

  private value(at: number, byte: number): number {
    const { place } = this;
    const kind = VALUE_KIND[byte] as number;
    if (kind === 0) place.failSyntax(at);
    if (this.nested.length > 0) return this.anyValue(at, byte, kind);
    const { member } = place;
    if (member !== undefined) return this.declaredValue(member, at, byte, kind);
    if (place.node.kind === 'counts') {
      if (kind !== NUMBER) place.failType(at, COUNT);
      place.openCapture(at);
    }
    return this.anyValue(at, byte, kind);
  }

  private declaredValue(member: ShapeNode, at: number, byte: number, kind: number): number {
    const { place } = this;
    switch (member.kind) {
      case 'value':
        place.openCapture(at);
        return this.anyValue(at, byte, kind);
      case 'text':
        if (kind !== STRING) place.failType(at, 'string');
        this.state = member.raw ? state.IN_RAW : state.IN_DECODED;
        place.textSink().begin?.();
        return at + 1;
      default:
        if (kind !== OBJECT) place.failType(at, 'object');
        this.descend(at);
        this.state = state.KEY_OR_CLOSE;
        place.enter(member);
        return at + 1;
    }
  }

  /** A value that is checked, and at most kept: nothing inside it is declared. */
  private anyValue(at: number, byte: number, kind: number): number {
    switch (kind) {
      case STRING:
        this.state = state.IN_SKIPPED;
        return at + 1;
      case NUMBER:
        this.state = state.IN_NUMBER;
        this.tokens.openNumber();
        return at;
      case LITERAL:
        this.state = state.IN_LITERAL;
        this.tokens.openLiteral(byte);
        return at;
      default:
        this.descend(at);
        this.nested.push(kind);
        this.state = kind === ARRAY ? state.VALUE_OR_CLOSE : state.KEY_OR_CLOSE;
        return at + 1;
    }
  }

  private descend(at: number): void {
    if (this.depth === this.maxDepth) this.place.fail('TOO_DEEP', this.place.base + at);
    this.depth++;
  }

  /** A value that was skipped or kept ends at `to`. */
  private valueEnds(bytes: Uint8Array, to: number): void {
    const { place } = this;
    this.state = state.AFTER_VALUE;
    if (this.nested.length > 0) return;
    if (place.capture.isOpen) place.closeCapture(bytes, to);
    place.member = undefined;
  }

  private afterValue(bytes: Uint8Array, at: number, byte: number): number {
    const isInArray = this.nested.length > 0 && this.nested[this.nested.length - 1] === ARRAY;
    if (byte === COMMA) {
      this.state = isInArray ? state.VALUE : state.KEY;
      return at + 1;
    }
    if (byte !== (isInArray ? CLOSE_ARRAY : CLOSE_OBJECT)) this.place.failSyntax(at);
    return this.close(bytes, at);
  }

  private close(bytes: Uint8Array, at: number): number {
    this.depth--;
    if (this.nested.length > 0) {
      this.nested.pop();
      this.valueEnds(bytes, at + 1);
    } else {
      this.state = this.place.leave() ? state.DONE : state.AFTER_VALUE;
    }
    return at + 1;
  }
}
