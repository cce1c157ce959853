import fc from 'fast-check';
import { typeInUtf8 } from '../../../packages/http-server/src/message/media-type.js';
import { latin1, mutated, mutations } from '../bytes.js';
import { fuzzTarget } from '../target.js';

/** A character of a token (RFC 9110, section 5.6.2), of a quoted string, and behind a backslash (5.6.4). */
const TOKEN_CHARACTERS = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+/;

interface Read {
  readonly essence: string;
  readonly charsets: readonly string[];
}

/** Reads a value of `Content-Type` by the productions of RFC 9110, one after the other. Slow, and plain. */
class Grammar {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `media-type = type "/" subtype *( OWS ";" OWS [ parameter ] )`, undefined for anything else. */
  mediaType(): Read | undefined {
    const type = this.#token();
    if (type === '' || !this.#take('/')) return undefined;
    const subtype = this.#token();
    if (subtype === '') return undefined;
    const charsets: string[] = [];
    while (this.#at < this.#text.length) {
      this.#blanks();
      if (!this.#take(';')) return undefined;
      this.#blanks();
      const name = this.#token();
      if (name === '') continue;
      // A name alone says nothing. The RFC has none; browsers pass over it, and so does the fleet.
      if (!this.#take('=')) continue;
      const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#token();
      if (value === undefined || (value === '' && this.#text[this.#at - 1] !== '"')) return undefined;
      if (name.toLowerCase() === 'charset') charsets.push(value);
    }
    return { essence: `${type}/${subtype}`.toLowerCase(), charsets };
  }

  #token(): string {
    const found = TOKEN_CHARACTERS.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** `DQUOTE *( qdtext / quoted-pair ) DQUOTE`; undefined for what is none. */
  #quoted(): string | undefined {
    let value = '';
    this.#at++;
    while (this.#at < this.#text.length) {
      let character = this.#text[this.#at++] as string;
      if (character === '"') return value;
      if (character === '\\') character = this.#text[this.#at++] ?? '\0';
      const code = character.charCodeAt(0);
      if (code !== 0x09 && (code < 0x20 || code === 0x7f)) return undefined;
      value += character;
    }
    return undefined;
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }

  #take(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at++;
    return isThere;
  }
}

const UTF8 = new Set(['utf-8', 'utf8', 'us-ascii']);

const part = fc.oneof(
  fc.constantFrom(
    'charset=utf-8',
    'charset="utf-8"',
    'CharSet=UTF8',
    'charset=latin1',
    'charset="utf\\-8"',
    'charset=us-ascii',
  ),
  fc.constantFrom(
    'a=b',
    'a="; charset=latin1"',
    'a="\\""',
    'a',
    '',
    'charset',
    'charset=',
    'charset=""',
    'a=""',
    'q="\xe9\t"',
  ),
);
const essence = fc.constantFrom('text/plain', 'application/json', 'TEXT/Plain', 'application/grpc+proto', 'a/b');
const separator = fc.constantFrom(';', '; ', ' ;', '\t;\t', ' ; ');
const inputs = fc
  .tuple(
    essence,
    fc.array(fc.tuple(separator, part), { maxLength: 4 }),
    mutations([...'/;="\\ \t,\0\x7f\x80\r\n', 'charset', 'utf-8', '";', '="']),
  )
  .map(([type, parts, changes]) => mutated(latin1(type + parts.flat().join('')), changes).toString('latin1'));

/** What a body says that it is, beside RFC 9110's grammar. */
export const mediaTypes = fuzzTarget('media types beside their grammar', inputs, (value) => {
  const read = new Grammar(value).mediaType();
  const wanted = read?.charsets.every((charset) => UTF8.has(charset.toLowerCase())) ? read.essence : undefined;
  const found = typeInUtf8(value);
  if (found !== wanted) throw new Error(`read as ${found}, and it is ${wanted}`);
  return wanted !== undefined;
});
