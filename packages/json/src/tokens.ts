import { isNumberComplete, nextNumberState } from './number.js';
import type { ParserContext } from './parser-context.js';
import * as state from './states.js';
import { GOES_ON, Strings } from './strings.js';
import { TextPieces } from './unescaped.js';

const LITERALS = ['true', 'false', 'null'];

/** Reads inside tokens, which chunks may cut anywhere. */
export class Tokens {
  readonly strings: Strings;
  private readonly place: ParserContext;
  private number = 0;
  private literal = '';
  private literalAt = 0;
  private chunks: TextPieces | undefined;

  /** @param place where in the shape the reader is */
  constructor(place: ParserContext) {
    this.place = place;
    this.strings = new Strings(place);
  }

  /** A number starts with the next byte that is read. */
  openNumber(): void {
    this.number = 0;
  }

  /** `true`, `false` or `null` starts with `byte`, the next one that is read. */
  openLiteral(byte: number): void {
    this.literal = LITERALS.find((word) => word.charCodeAt(0) === byte) as string;
    this.literalAt = 0;
  }

  /**
   * @param kind one of the states inside a token
   * @param at a byte inside the token; for numbers and literals perhaps the first, for strings never the opening quote
   * @param end first byte not to look at
   * @returns index after the token, or `GOES_ON`
   */
  read(kind: number, bytes: Uint8Array, at: number, end: number): number {
    const { place, strings } = this;
    switch (kind) {
      case state.IN_NUMBER:
        return this.readNumber(bytes, at, end);
      case state.IN_LITERAL:
        return this.readLiteral(bytes, at, end);
      case state.IN_KEY:
        return this.readKey(bytes, at, end);
      case state.IN_RAW:
        return strings.raw(bytes, at, end, place.textSink());
      case state.IN_DECODED:
        return this.readDecoded(bytes, at, end);
      default:
        return strings.check(bytes, at, end);
    }
  }

  private readNumber(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    let number = this.number;
    while (i < end) {
      const next = nextNumberState(number, bytes[i] as number);
      if (next === 0) break;
      number = next;
      i++;
    }
    this.number = number;
    if (i === end) return GOES_ON;
    if (!isNumberComplete(number)) this.place.failSyntax(i);
    return i;
  }

  private readLiteral(bytes: Uint8Array, at: number, end: number): number {
    const { literal } = this;
    let i = at;
    for (; i < end && this.literalAt < literal.length; i++) {
      if (bytes[i] !== literal.charCodeAt(this.literalAt)) this.place.failSyntax(i);
      this.literalAt++;
    }
    return this.literalAt === literal.length ? i : GOES_ON;
  }

  private readKey(bytes: Uint8Array, at: number, end: number): number {
    const { place } = this;
    const after = this.strings.unescape(bytes, at, end, place.key);
    if (after === GOES_ON) place.checkKey();
    return after;
  }

  private readDecoded(bytes: Uint8Array, at: number, end: number): number {
    this.chunks ??= new TextPieces();
    const { chunks } = this;
    chunks.open(this.place.textSink());
    const after = this.strings.unescape(bytes, at, end, chunks);
    chunks.close();
    return after;
  }
}
