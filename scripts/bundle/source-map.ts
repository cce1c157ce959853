/** What of a source map (ECMA-426) is used here. */
export interface SourceMap {
  /** Relative to the map. */
  readonly sources: readonly string[];
  /** Lines of generated code, separated by `;`, of segments, separated by `,`, of numbers in base 64. */
  readonly mappings: string;
}

/** A place in a source. Line and column begin with 1. */
export interface Place {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit.charCodeAt(0), value]));
const COMMA = ','.charCodeAt(0);
const SEMICOLON = ';'.charCodeAt(0);

/**
 * Finds where generated code comes from. The numbers are differences to those before, so it reads from the beginning to
 * the line in question; it keeps nothing, where unpacking a map of 700 kB takes 20 MB.
 *
 * @param line - Of the generated code; begins with 1, as does `column`.
 * @returns undefined where no source stands behind it.
 */
export function placeOf({ sources, mappings }: SourceMap, line: number, column: number): Place | undefined {
  const segments = new Segments(mappings);
  let found: Place | undefined;
  while (segments.next() && segments.line <= line) {
    if (segments.line < line || segments.column > column) continue;
    const source = sources[segments.source];
    found =
      source && segments.hasSource ? { source, line: segments.sourceLine, column: segments.sourceColumn } : undefined;
  }
  return found;
}

/** The segments of a map, one after the other. */
class Segments {
  line = 1;
  column = 1;
  /** Without one, the fields of the source are those of an earlier segment. */
  hasSource = false;
  source = 0;
  sourceLine = 1;
  sourceColumn = 1;
  readonly #mappings: string;
  #at = 0;

  constructor(mappings: string) {
    this.#mappings = mappings;
  }

  /** Goes to the next segment. False: there is none. */
  next(): boolean {
    this.#skipSeparators();
    if (this.#at >= this.#mappings.length) return false;
    this.column += this.#number();
    this.hasSource = !this.#isAtEnd();
    if (!this.hasSource) return true;
    this.source += this.#number();
    this.sourceLine += this.#number();
    this.sourceColumn += this.#number();
    // The name that stood in the source.
    if (!this.#isAtEnd()) this.#number();
    return true;
  }

  #skipSeparators(): void {
    for (; this.#at < this.#mappings.length && this.#isAtEnd(); this.#at++) {
      if (this.#mappings.charCodeAt(this.#at) !== SEMICOLON) continue;
      this.line++;
      this.column = 1;
    }
  }

  #isAtEnd(): boolean {
    const code = this.#mappings.charCodeAt(this.#at);
    return Number.isNaN(code) || code === COMMA || code === SEMICOLON;
  }

  /** Five bits a digit, the lowest first; the sixth bit says that another digit follows, the lowest is the sign. */
  #number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const digit = VALUES.get(this.#mappings.charCodeAt(this.#at++)) ?? 0;
      value |= (digit & 31) << shift;
      if (digit < 32) return value & 1 ? -(value >>> 1) : value >>> 1;
    }
  }
}
