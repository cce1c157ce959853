import { BACKSLASH, QUOTE, scanPlain } from './bytes.js';
import { escapeEnd, escapeUnit, missingEscapeBytes } from './escape.js';
import type { ParserContext } from './parser-context.js';
import type { TextSink } from './shape.js';
import type { Unescaped } from './unescaped.js';

/** The chunk ended before the token. */
export const GOES_ON = -1;

const ABSENT = new Uint8Array(0);

/**
 * Reads strings, from the byte after their opening quote. Every method returns the index after the closing quote, or
 * `GOES_ON` when the chunk ends first; an escape that the chunk cuts is held until the rest of it arrives.
 */
export class Strings {
  /** A cut escape, in memory of its own. */
  held: Uint8Array | undefined;
  private heldOffset = 0;
  private readonly place: ParserContext;

  /** @param place tells offsets and refuses documents */
  constructor(place: ParserContext) {
    this.place = place;
  }

  /** Checks a string and hands out nothing. */
  check(bytes: Uint8Array, from: number, end: number): number {
    let i = from;
    for (;;) {
      i = scanPlain(bytes, i, end);
      if (i === end) return GOES_ON;
      if (bytes[i] === QUOTE) return i + 1;
      i = this.escape(bytes, i, end);
      if (i === GOES_ON) return GOES_ON;
    }
  }

  /** Checks a string and hands it out as it stands. */
  raw(bytes: Uint8Array, from: number, end: number, sink: TextSink): number {
    const after = this.check(bytes, from, end);
    const to = after === GOES_ON ? this.stop(end) : after - 1;
    if (to > from) sink.chunk(bytes.subarray(from, to));
    return after;
  }

  /** Checks a string and adds what it means to `target`. */
  unescape(bytes: Uint8Array, from: number, end: number, target: Unescaped): number {
    let i = from;
    for (;;) {
      const plainEnd = scanPlain(bytes, i, end);
      if (plainEnd > i) target.plain(bytes, i, plainEnd);
      if (plainEnd === end) return GOES_ON;
      if (bytes[plainEnd] === QUOTE) {
        target.closeUnit();
        return plainEnd + 1;
      }
      i = this.escape(bytes, plainEnd, end);
      if (i === GOES_ON) return GOES_ON;
      target.unit(escapeUnit(bytes, plainEnd));
    }
  }

  /** @returns the end of what was read of a chunk that ends at `end` */
  stop(end: number): number {
    return this.held === undefined ? end : end - this.held.length;
  }

  /**
   * Adds to the held escape what it lacks. It is then no longer held: the caller reads it as a chunk of its own, and it
   * is held again when more is lacking.
   *
   * @returns the escape, where it starts in the document, and how many bytes of the chunk went to it
   */
  complete(bytes: Uint8Array, from: number, end: number): { bytes: Uint8Array; offset: number; added: number } {
    const held = this.held ?? ABSENT;
    const added = Math.min(missingEscapeBytes(held), end - from);
    const unit = new Uint8Array(held.length + added);
    unit.set(held);
    unit.set(bytes.subarray(from, from + added), held.length);
    this.held = undefined;
    return { bytes: unit, offset: this.heldOffset, added };
  }

  /** @returns the index after the escape at `at`, or `GOES_ON` when it was cut */
  private escape(bytes: Uint8Array, at: number, end: number): number {
    const { place } = this;
    if (bytes[at] !== BACKSLASH) place.fail('SYNTAX', place.base + at);
    const after = escapeEnd(bytes, at, end);
    if (after < 0) place.fail('SYNTAX', place.base + ~after);
    if (after > 0) return after;
    this.held = bytes.slice(at, end);
    this.heldOffset = place.base + at;
    return GOES_ON;
  }
}
