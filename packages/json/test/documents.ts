import fc from 'fast-check';

/** Random choices of how a value is written; the same seed writes the same document. */
class Style {
  private seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** @returns an integer from 0 to `below - 1` (mulberry32) */
  pick(below: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  space(): string {
    return this.pick(3) > 0 ? '' : Array.from({ length: this.pick(4) }, () => ' \t\r\n'[this.pick(4)]).join('');
  }
}

const SHORT: Record<string, string> = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '/': '/' };

function hexEscape(unit: number, style: Style): string {
  const hex = unit.toString(16).padStart(4, '0');
  return `\\u${style.pick(2) === 0 ? hex : hex.toUpperCase()}`;
}

/** Writes a string with any mix of plain characters, short escapes and \u escapes. */
function writeString(text: string, style: Style): string {
  const often = style.pick(4);
  let out = '"';
  for (const character of text) {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    const isLone = units.length === 1 && ((units[0] as number) & 0xf800) === 0xd800;
    if (isLone || style.pick(4) < often) out += units.map((unit) => hexEscape(unit, style)).join('');
    else if (character === '"' || character === '\\') out += `\\${character}`;
    else if (character in SHORT && (character !== '/' || style.pick(2) === 0)) out += `\\${SHORT[character]}`;
    else if (character < ' ') out += hexEscape(units[0] as number, style);
    else out += character;
  }
  return `${out}"`;
}

function writeNumber(value: number, style: Style): string {
  const plain = JSON.stringify(value);
  if (plain.includes('e') || plain.includes('.')) return plain.replace('e', 'eE'[style.pick(2)] as string);
  return `${plain}${['', '', '', '.0', 'e0', 'E+0', '.00e-0'][style.pick(7)]}`;
}

/** A member list rather than an object: the order is kept, and `__proto__` is a key like any other. */
export class Members {
  readonly list: readonly (readonly [string, Value])[];

  constructor(list: readonly (readonly [string, Value])[]) {
    this.list = list;
  }
}
export type Value = string | number | boolean | null | readonly Value[] | Members;

function write(value: Value, style: Style): string {
  const join = (parts: string[], open: string, close: string) =>
    `${open}${style.space()}${parts.join(`${style.space()},${style.space()}`)}${style.space()}${close}`;
  if (typeof value === 'string') return writeString(value, style);
  if (typeof value === 'number') return writeNumber(value, style);
  if (value instanceof Members) {
    const parts = value.list.map(
      ([key, member]) => `${writeString(key, style)}${style.space()}:${style.space()}${write(member, style)}`,
    );
    return join(parts, '{', '}');
  }
  if (Array.isArray(value)) {
    const parts = value.map((element) => write(element, style));
    return join(parts, '[', ']');
  }
  return String(value);
}

/** @returns the value as a document, in the style that the seed gives */
export function writeDocument(value: Value, seed: number): string {
  const style = new Style(seed);
  return `${style.space()}${write(value, style)}${style.space()}`;
}

/** Any UTF-16: also lone surrogates, and what JSON must escape. */
const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0xd700, max: 0xe0ff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom('plain words ', '"', '\\', '\n', 'ü', '😀', '\u0000'), { maxLength: 40 })
    .map((p) => p.join('')),
);

/**
 * Any key without a backslash. Once V8 has parsed an object with the key `\`, JSON.parse may read other escaped keys
 * as `\` (https://github.com/nodejs/node/issues/63785), so it can be no judge of documents with such keys.
 */
const anyKey = anyString.map((key) => key.replaceAll('\\', '/'));

const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), anyString),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(anyKey, tie('value')), { maxLength: 4 }).map((list) => new Members(list)),
  ),
})).value;

/** Tables of words and counts. @param key the words, beside some that are hard on objects */
function countsOf(key: fc.Arbitrary<string>): fc.Arbitrary<[string, number][]> {
  const word = fc.oneof(fc.constantFrom('__proto__', 'constructor', '2024', '', 'toString'), key);
  const count = fc.oneof(fc.nat(), fc.maxSafeNat());
  return fc.uniqueArray(fc.tuple(word, count), { selector: ([name]) => name, maxLength: 12 });
}

/** With words of any characters: for those who do not ask JSON.parse. */
export const counts = countsOf(anyString);

const DECLARED = new Set(['text', 'said', 'request_id', 'analysis', 'word_count', 'word_frequencies', 'inner', 'note']);
const unknownKey = fc
  .oneof(anyKey, fc.constantFrom('tex', 'texts', 'Text', 'request_i', 'request_id2', '__proto__', 'hasOwnProperty'))
  .filter((key) => !DECLARED.has(key));

/** Some of the declared members with unknown ones between them, in any order. */
function members(declared: Record<string, fc.Arbitrary<Value>>): fc.Arbitrary<Members> {
  const known = Object.entries(declared).map(([name, value]) => value.map((v) => [name, v] as const));
  const unknown = fc.array(fc.tuple(unknownKey, anyValue), { maxLength: 3 });
  return fc.tuple(fc.tuple(...known), unknown, fc.nat(255), fc.nat()).map(([all, others, mask, seed]) => {
    const style = new Style(seed);
    const list = [...all.filter((_, i) => ((mask >> i) & 1) === 0), ...others].map((m) => ({ m, at: style.pick(1e6) }));
    return new Members(list.sort((a, b) => a.at - b.at).map(({ m }) => m));
  });
}

/** Documents that fit `SHAPE`. */
export const documents: fc.Arbitrary<Members> = members({
  text: anyString,
  said: anyString,
  request_id: fc.oneof(anyString, anyValue),
  analysis: members({
    word_count: fc.oneof(fc.nat(), fc.constant(null)),
    word_frequencies: countsOf(anyKey).map((list) => new Members(list)),
    inner: members({ note: anyString }),
  }),
});

/** Places to cut at: none, a few, or many. */
export const cuts = fc.oneof(
  fc.constant([]),
  fc.array(fc.nat(400), { maxLength: 6 }),
  fc.array(fc.nat(2000), { minLength: 50, maxLength: 200 }),
);
