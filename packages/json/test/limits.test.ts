import { JsonError, JsonReader, jsonShape } from '@flotilla/json';
import { describe, expect, it } from 'vitest';
import { bytesOf, cutAt, errorOf, everyByte, read } from './reading.js';

const SHAPE = jsonShape(
  { id: { kind: 'value', maxBytes: 10 }, counts: { kind: 'counts', maxKeyBytes: 4 } },
  { maxDepth: 4 },
);

/** Reads the document whole, byte by byte and cut in two everywhere; all must agree. */
function outcome(document: string): unknown {
  const bytes = bytesOf(document);
  const ways = [[bytes], everyByte(bytes), ...Array.from(bytes, (_, place) => cutAt(bytes, [place]))];
  const outcomes = ways.map((chunks) => {
    const entries: [string, number][] = [];
    let id: unknown;
    const reader = new JsonReader(SHAPE, {
      id: (value) => (id = value),
      counts: {
        entry: (at, start, end, count) => entries.push([Buffer.from(at.subarray(start, end)).toString(), count]),
      },
    });
    try {
      for (const chunk of chunks) reader.write(chunk);
      reader.end();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { code: error.code, offset: error.offset, path: error.path };
    }
    return { id, entries };
  });
  for (const other of outcomes) expect(other).toEqual(outcomes[0]);
  return outcomes[0];
}

describe('a kept value', () => {
  it('may have as many bytes as its limit, and not one more', () => {
    expect(outcome('{"id":"12345678"}')).toMatchObject({ id: '12345678' });
    expect(outcome('{"id":"123456789"}')).toEqual({ code: 'TOO_LARGE', offset: 16, path: 'id' });
    expect(outcome('{"id":[1, 2, 3 ]}')).toMatchObject({ id: [1, 2, 3] });
    expect(outcome('{"id":[1, 2, 3  ]}')).toEqual({ code: 'TOO_LARGE', offset: 16, path: 'id' });
    expect(outcome('{"id":1234567890}')).toMatchObject({ id: 1234567890 });
    expect(outcome('{"id":12345678901 }')).toEqual({ code: 'TOO_LARGE', offset: 16, path: 'id' });
    expect(outcome('{"id":"\\u00e9é"}')).toMatchObject({ id: 'éé' });
    expect(outcome('{"id":"\\u00e9éé"}')).toEqual({ code: 'TOO_LARGE', offset: 16, path: 'id' });
  });

  it('that is too large is refused as such, whatever is wrong with it later', () => {
    expect(outcome('{"id":"1234567890\n"}')).toMatchObject({ code: 'TOO_LARGE', offset: 16 });
    expect(outcome('{"id":"1234567890\\x"}')).toMatchObject({ code: 'TOO_LARGE', offset: 16 });
    expect(outcome('{"id":"1234567890')).toMatchObject({ code: 'TOO_LARGE', offset: 16 });
    expect(outcome('{"id":"12345678\n"}')).toMatchObject({ code: 'SYNTAX', offset: 15 });
  });
});

describe('a counted word', () => {
  it('may have as many unescaped bytes as its limit', () => {
    expect(outcome('{"counts":{"abcd":1,"éé":2,"\\u00e9\\n\\n":3,"\\ud83d\\ude00":4}}')).toMatchObject({
      entries: [
        ['abcd', 1],
        ['éé', 2],
        ['é\n\n', 3],
        ['😀', 4],
      ],
    });
    const refused = { code: 'TOO_LARGE', offset: 11, path: 'counts' };
    expect(outcome('{"counts":{"abcde":1}}')).toEqual(refused);
    expect(outcome('{"counts":{"abc\\u00e9":1}}')).toEqual(refused);
    expect(outcome('{"counts":{"ab\\ud800":1}}')).toEqual(refused);
    expect(outcome(`{"counts":{"${'a'.repeat(500)}\\x":1}}`)).toEqual(refused);
    expect(outcome(`{"counts":{"${'\\u00e9'.repeat(90)}`)).toEqual(refused);
  });

  it('has a count that any JSON client would call the same integer', () => {
    const numbers = [
      '0',
      '-0',
      '5.0',
      '5e0',
      '0.5e1',
      '50E-1',
      '9007199254740991',
      '0'.padEnd(2, '.').padEnd(128, '0'),
    ];
    const list = numbers.map((number) => `"a":${number}`).join(' ,');
    const { entries } = outcome(`{"counts":{${list}}}`) as { entries: [string, number][] };
    expect(entries.map(([, count]) => count)).toEqual([0, 0, 5, 5, 5, 5, 9007199254740991, 0]);
    expect(outcome(`{"counts":{"a":0.${'0'.repeat(127)}}}`)).toEqual({
      code: 'TOO_LARGE',
      offset: 143,
      path: 'counts',
    });
  });
});

describe('a limit', () => {
  it('is enforced as soon as it is passed, not when the value or the key ends', () => {
    const endless = (start: string) => () => {
      const reader = new JsonReader(SHAPE, { id: () => {}, counts: { entry: () => {} } });
      reader.write(bytesOf(start));
    };
    expect(endless('{"id":"123456789')).not.toThrow();
    expect(endless('{"id":"1234567890')).toThrow(JsonError);
    expect(endless('{"counts":{"abcd')).not.toThrow();
    expect(endless('{"counts":{"abcde')).toThrow(JsonError);
  });
});

describe('depth', () => {
  it('counts objects and arrays, declared and skipped, the top level included', () => {
    expect(outcome('{"a":[[[]]],"b":{"c":[{}]},"id":[[[]]]}')).toMatchObject({ id: [[[]]] });
    expect(outcome('{"a":[[[[]]]]}')).toEqual({ code: 'TOO_DEEP', offset: 8, path: '' });
    expect(outcome('{"a":{"b":[{"c":{}}]}}')).toEqual({ code: 'TOO_DEEP', offset: 16, path: '' });
    expect(outcome('{"id":[[[[]]]]}')).toEqual({ code: 'TOO_DEEP', offset: 9, path: 'id' });
  });

  it('is 64 unless told otherwise, and costs no recursion', () => {
    const nested = (depth: number) => [bytesOf(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)];
    expect(errorOf(nested(63))).toBeUndefined();
    expect(errorOf(nested(64))).toMatchObject({ code: 'TOO_DEEP', offset: 68 });
    const deep = new JsonReader(jsonShape({}, { maxDepth: 2_000_000 }), {});
    for (const chunk of nested(1_000_000)) deep.write(chunk);
    expect(() => deep.end()).not.toThrow();
  });
});

describe('keys that are not declared', () => {
  it('may have any length', () => {
    const key = `${'k'.repeat(200_000)}\\n`;
    const bytes = bytesOf(`{"${key}":1,"text":"a","x":{"${key}":2}}`);
    expect(read([bytes]).raw).toBe('a');
    expect(read(cutAt(bytes, [5, 1000, 70_000, 150_000])).raw).toBe('a');
  });

  it('are not taken for a declared one that they begin with', () => {
    for (const key of ['tex', 'text2', 'text\\u0000', '\\u0074ex', 'textt'.repeat(50)]) {
      const bytes = bytesOf(`{"${key}":1,"text":"a"}`);
      expect(read([bytes]).raw).toBe('a');
      expect(read(everyByte(bytes)).raw).toBe('a');
    }
  });
});

describe('a shape', () => {
  it('refuses limits that are none', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => jsonShape({ id: { kind: 'value', maxBytes: limit } })).toThrow(RangeError);
      expect(() => jsonShape({ counts: { kind: 'counts', maxKeyBytes: limit } })).toThrow(RangeError);
      expect(() => jsonShape({}, { maxDepth: limit })).toThrow(RangeError);
    }
  });

  it('has at most 30 members, and tells all of them apart', () => {
    const names = Array.from({ length: 31 }, (_, i) => `m${i}`);
    const members = (list: string[]) =>
      Object.fromEntries(list.map((n) => [n, { kind: 'value', maxBytes: 9 }] as const));
    expect(() => jsonShape(members(names))).toThrow(RangeError);
    const shape = jsonShape(members(names.slice(1)));
    const found: unknown[] = [];
    const reader = new JsonReader(shape, Object.fromEntries(names.map((n) => [n, (v: unknown) => found.push(v)])));
    reader.write(bytesOf(JSON.stringify(Object.fromEntries(names.map((n, i) => [n, i])))));
    reader.end();
    expect(found).toEqual(names.slice(1).map((_, i) => i + 1));
  });
});

describe('a reader', () => {
  const shape = jsonShape({ text: { kind: 'text', mode: 'raw' } });

  it('is of no use after its end, after an error, and inside its own sink', () => {
    const ended = new JsonReader(shape, { text: { chunk: () => {} } });
    ended.write(bytesOf('{}'));
    ended.end();
    expect(() => ended.write(bytesOf(' '))).toThrow(/has ended/);
    expect(() => ended.end()).toThrow(/has ended/);
    const failed = new JsonReader(shape, { text: { chunk: () => {} } });
    expect(() => failed.write(bytesOf('{x'))).toThrow(JsonError);
    expect(() => failed.write(bytesOf('}'))).toThrow(/failed/);
    const inside: JsonReader<typeof shape.specs> = new JsonReader(shape, {
      text: { chunk: () => inside.write(bytesOf('a')) },
    });
    expect(() => inside.write(bytesOf('{"text":"a'))).toThrow(/own sink/);
  });

  it('lets the error of a sink through', () => {
    const reader = new JsonReader(shape, {
      text: {
        chunk: () => {
          throw new Error('the pipe is closed');
        },
      },
    });
    expect(() => reader.write(bytesOf('{"text":"a"}'))).toThrow('the pipe is closed');
  });
});
