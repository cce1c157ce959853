import { MIMEType } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codingsIn } from '../src/message/content-coding.js';
import { type MediaType, parseMediaType, typeInUtf8 } from '../src/message/media-type.js';
import { rpcProtocolOf } from '../src/message/rpc-protocol.js';

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 12 });
/** Whatever may stand between quotes, each as it is or behind a backslash. */
const quotable = fc
  .constantFrom('\t', ...Array.from({ length: 224 }, (_, n) => String.fromCharCode(n + 32)))
  .filter((c) => c !== '\x7f');
const blanks = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 });

/** A value, and how it is written. */
interface Written {
  readonly value: string;
  readonly text: string;
}

const quoted = fc.array(fc.tuple(quotable, fc.boolean()), { maxLength: 12 }).map(
  (characters): Written => ({
    value: characters.map(([character]) => character).join(''),
    text: `"${characters.map(([c, isEscaped]) => (isEscaped || c === '"' || c === '\\' ? `\\${c}` : c)).join('')}"`,
  }),
);
const written = fc.oneof(
  token.map((value): Written => ({ value, text: value })),
  quoted,
);
const parameter = fc.record({ before: blanks, after: blanks, name: token, content: fc.option(written) });
const mediaType = fc.record({
  type: token,
  subtype: token,
  parameters: fc.array(fc.oneof(parameter, fc.constant(undefined)), { maxLength: 5 }),
});

describe('a media type', () => {
  test('is read as it was written: tokens, quoted strings, blanks, empty parameters, names without values', () => {
    fc.assert(
      fc.property(mediaType, ({ type, subtype, parameters }) => {
        let text = `${type}/${subtype}`;
        const expected: [string, string][] = [];
        for (const one of parameters) {
          const { before, after, name, content } = one ?? { before: '', after: '', name: '', content: null };
          text += `${before};${after}${name}${content ? `=${content.text}` : ''}`;
          if (content) expected.push([name.toLowerCase(), content.value]);
        }
        const read: MediaType = { essence: `${type}/${subtype}`.toLowerCase(), parameters: expected };
        expect(parseMediaType(text)).toEqual(read);
      }),
    );
  });

  test('of any bytes is refused, or read as Node reads it', () => {
    const bits = fc.constantFrom(
      'text/plain',
      'application/json',
      ';',
      '=',
      '"',
      '\\',
      ' ',
      '\t',
      ',',
      '/',
      'charset',
      'utf-8',
      'q',
      '\xe9',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bits, fc.string({ maxLength: 3 })), { maxLength: 14 }).map((all) => all.join('')),
        (text) => {
          const read = parseMediaType(text);
          if (!read) return;
          const { essence, params } = new MIMEType(text);
          expect(read.essence).toBe(essence);
          // Of several of a name Node keeps the first, and of those with an empty value without quotes none.
          for (const [name, value] of params)
            expect(read.parameters.find(([known]) => known === name)?.[1]).toBe(value);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('of a hundred thousand parts is read or refused, without reading any of them twice', () => {
    for (const part of [';', ' ', ' ;', ';a', ';a="', ';a="\\', ';a=b', ';a="b"', '"', '\\"']) {
      const text = `a/b${part.repeat(100_000)}`;
      const parsed = parseMediaType(text);
      if (parsed) expect(parsed.parameters.length).toBeLessThanOrEqual(100_000);
    }
  });
});

test.each([
  ['application/json', 'application/json'],
  ['application/json; charset="utf-8"', 'application/json'],
  ['application/json; charset="UTF-8"', 'application/json'],
  ['application/json;charset="u\\tf-8"', 'application/json'],
  ['APPLICATION/JSON;CHARSET=utf8', 'application/json'],
  ['application/json;', 'application/json'],
  ['application/json; ; charset=us-ascii', 'application/json'],
  ['application/json; utf-8', 'application/json'],
  ['application/json; profile="a; charset=utf-16"', 'application/json'],
  ['application/json; profile="a\\"; charset=utf-16"', 'application/json'],
  ['text/plain; format="; charset=latin1"; charset=utf-8', 'text/plain'],
  ['application/json; charset=utf-16', undefined],
  ['application/json; charset="utf-16"', undefined],
  ['application/json; charset=utf-8; charset=utf-16', undefined],
  ['application/json; charset=utf-16; charset=utf-8', undefined],
  ['application/json; charset=""', undefined],
  ['application/json; charset="utf-8', undefined],
  ['application/json; charset = utf-8', undefined],
  ['application/json, text/plain', undefined],
  ['application/json charset=utf-8', undefined],
  ['application', undefined],
  ['', undefined],
])('%s: in UTF-8 it is %s', (value, type) => {
  expect(typeInUtf8(value)).toBe(type);
});

test.each([
  ['application/grpc', 'grpc'],
  ['Application/gRPC; charset="utf-8"', 'grpc'],
  ['application/grpc-web+proto;charset=utf-8', 'grpc-web'],
  ['application/connect+json; charset="utf-8"', 'connect-stream'],
  ['application/json; x="text/html"', 'connect'],
  ['application/jsonp', undefined],
  ['application/json; charset=utf-16', undefined],
])('%s: a call is spoken in %s', (value, protocol) => {
  expect(rpcProtocolOf({ header: () => value })).toBe(protocol);
});

test.each([
  ['', []],
  ['identity', []],
  [' , IDENTITY,', []],
  ['gzip', ['gzip']],
  ['identity, GZip', ['gzip']],
  ['br,gzip', ['br', 'gzip']],
])('Content-Encoding: %j lists %j', (value, codings) => {
  expect(codingsIn(value)).toEqual(codings);
});
