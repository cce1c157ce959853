/**
 * What cleaning does to each code point, learnt from the running engine's own regular expressions and `toLowerCase`,
 * 256 code points at a time and only when a text has one of them. So no Unicode data is shipped, and the tables never
 * disagree with what JavaScript itself would do.
 *
 * An entry is 0 until its page is built; then {@link BUILT} and flags, and, where {@link CHANGED} is one of them, the
 * lower-case code point in the low 21 bits.
 */
export const codePoints = new Int32Array(0x110000);

/** Mask of the lower-case code point. */
export const LOWER = 0x1fffff;
/** The lower-case form is a letter or a number, so it stays. */
export const KEPT = 1 << 21;
/** White space. */
export const SPACE = 1 << 22;
/** The lower-case form differs. */
export const CHANGED = 1 << 23;
/** Cased and not Case_Ignorable: decides whether a sigma next to it is final. */
export const CASED = 1 << 24;
/** Case_Ignorable: a sigma looks through it. */
export const IGNORABLE = 1 << 25;
/** Lower case depends on what is around it (capital sigma), or is two code points (capital I with dot). */
export const SPECIAL = 1 << 26;
const BUILT = 1 << 27;
/** A mark: it stays where what it belongs to stays. */
export const MARK = 1 << 28;
/** A format character: dropped, and a mark looks through it for what it belongs to. */
export const FORMAT = 1 << 29;

const CAPITAL_SIGMA = 0x3a3;
export const CAPITAL_I_WITH_DOT = 0x130;

const PAGE = 256;
const KEPT_RUNS = /[\p{L}\p{N}]+/gu;
const KEPT_ONE = /[\p{L}\p{N}]/u;
const SPACE_RUNS = /\s+/gu;
const MARK_RUNS = /\p{M}+/gu;
const FORMAT_RUNS = /[\p{Cf}--\s]+/gv;
const IGNORABLE_RUNS = /\p{Case_Ignorable}+/gu;
const CASED_RUNS = /[\p{Cased}--\p{Case_Ignorable}]+/gv;
// Most pages are all alike: unassigned or private (dropped), or letters without case (kept). A text that has one
// character of every page must not hold its thread for long, so those are told apart first. Format characters are
// case-ignorable.
const ONLY_DROPPED = /^[^\p{L}\p{M}\p{N}\s\p{Cased}\p{Case_Ignorable}]+$/u;
const ONLY_CASELESS_LETTERS = /^[\p{Lo}--\p{Cased}--\p{Case_Ignorable}]+$/v;

/** The entry of a code point, building its page first where needed. Not for surrogates, which valid UTF-8 never has. */
export function lookUp(codePoint: number): number {
  const entry = codePoints[codePoint] as number;
  if (entry !== 0) return entry;
  buildPage(codePoint - (codePoint % PAGE));
  return codePoints[codePoint] as number;
}

function buildPage(first: number): void {
  const text = pageText(first);
  const isKept = ONLY_CASELESS_LETTERS.test(text);
  codePoints.fill(isKept ? BUILT | KEPT : BUILT, first, first + PAGE);
  if (isKept || ONLY_DROPPED.test(text)) return;
  flagRuns(text, first, KEPT_RUNS, KEPT);
  flagRuns(text, first, SPACE_RUNS, SPACE);
  flagRuns(text, first, MARK_RUNS, MARK);
  flagRuns(text, first, FORMAT_RUNS, FORMAT);
  flagRuns(text, first, IGNORABLE_RUNS, IGNORABLE);
  flagRuns(text, first, CASED_RUNS, CASED);
  if (text.toLowerCase() === text) return;
  for (let codePoint = first; codePoint < first + PAGE; codePoint++) setLower(codePoint);
}

function pageText(first: number): string {
  const units: number[] = [];
  for (let codePoint = first; codePoint < first + PAGE; codePoint++) {
    if (codePoint > 0xffff) units.push(0xd7c0 + (codePoint >>> 10), 0xdc00 | (codePoint & 0x3ff));
    else units.push(codePoint);
  }
  return String.fromCharCode(...units);
}

function flagRuns(text: string, first: number, runs: RegExp, flag: number): void {
  const unitsPerCodePoint = first > 0xffff ? 2 : 1;
  for (const run of text.matchAll(runs)) {
    const from = first + run.index / unitsPerCodePoint;
    const to = from + run[0].length / unitsPerCodePoint;
    for (let codePoint = from; codePoint < to; codePoint++)
      codePoints[codePoint] = (codePoints[codePoint] as number) | flag;
  }
}

function setLower(codePoint: number): void {
  const text = String.fromCodePoint(codePoint);
  const lower = text.toLowerCase();
  if (lower === text) return;
  const special = codePoint === CAPITAL_SIGMA || codePoint === CAPITAL_I_WITH_DOT ? SPECIAL : 0;
  const kept = KEPT_ONE.test(lower) ? KEPT : 0;
  const context = (codePoints[codePoint] as number) & (CASED | IGNORABLE);
  codePoints[codePoint] = BUILT | CHANGED | special | kept | context | (lower.codePointAt(0) as number);
}
