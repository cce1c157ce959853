import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldDecoder } from '../src/hpack/decoder.js';
import { FieldEncoder } from '../src/hpack/encoder.js';

const MAX_LIST_BYTES = 1024 * 1024;
const MAX_NAMES = 256;

/** Few of them, so that they come again: static ones, own ones, secret ones, long ones. */
const name = fc.oneof(
  fc.constantFrom(':method', ':path', ':status', 'content-type', 'accept', 'x-a', 'x-b', 'authorization', 'set-cookie'),
  fc.integer({ min: 0, max: 400 }).map((number) => `x-${number}`),
  fc.integer({ min: 100, max: 600 }).map((length) => 'n'.repeat(length)),
);
const anyByte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const value = fc.oneof(
  fc.constantFrom('', 'GET', '/', '200', 'text/plain', 'a', 'b', 'v'.repeat(480), 'w'.repeat(520)),
  fc.string({ unit: anyByte, maxLength: 40 }),
  fc.integer({ min: 0, max: 20_000 }).map((length) => '\xff'.repeat(length)),
);
const list = fc.array(fc.tuple(name, value), { maxLength: 12 }).map((pairs) => pairs.flat());
const step = fc.record({ list, tableBytes: fc.option(fc.constantFrom(0, 1, 40, 100, 700, 4096, 65_536)) });

/** What is in use. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function pair() {
  const encoder = new FieldEncoder();
  const decoder = new FieldDecoder(MAX_LIST_BYTES);
  const send = (fields: readonly string[]) => {
    const block = Buffer.from(encoder.encode(fields));
    return { block, fields: [...decoder.decode(block).fields] };
  };
  return { encoder, send };
}

describe('what is encoded', () => {
  it('is decoded as it was, however values repeat and the table changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { encoder, send } = pair();
        for (const { list, tableBytes } of steps) {
          if (tableBytes !== null) encoder.resize(tableBytes);
          expect(send(list).fields).toEqual(list);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is in lower case', () => {
    expect(pair().send(['Content-Type', 'Text/Plain', 'X-Own', 'A']).fields).toEqual([
      ...['content-type', 'Text/Plain', 'x-own', 'A'],
    ]);
  });

  it('is one byte a field once a value has come twice', () => {
    const { send } = pair();
    const fields = [':path', '/some/where', 'x-own', 'always the same', ':method', 'POST'];
    send(fields);
    send(fields);
    expect(send(fields).block).toHaveLength(3);
  });

  it('does not fill the table with values that never come again', () => {
    const { send } = pair();
    const kept = ['x-kept', 'yes'];
    send(kept);
    for (let i = 0; i < 1000; i++) send(['x-changes', String(i), ':path', `/${i}`]);
    expect(send(kept).block).toHaveLength(1);
  });

  it('stays right when there are more names than are known', () => {
    const { send } = pair();
    for (let round = 0; round < 3; round++) {
      const fields = Array.from({ length: 2 * MAX_NAMES }, (_, i) => [`x-${i}`, `value ${i % 7}`]).flat();
      expect(send(fields).fields).toEqual(fields);
    }
  });

  it.each(['authorization', 'proxy-authorization', 'cookie', 'set-cookie'])('keeps %s from every table', (secret) => {
    const { send } = pair();
    const fields = [secret, 'token'];
    const first = send(fields).block;
    send(fields);
    expect(send(fields).block).toEqual(first);
    // RFC 7541, section 6.2.3: the first four bits are 0001.
    expect((first[0] as number) >> 4).toBe(1);
  });
});

describe('what an encoder keeps', () => {
  it('is little, whatever was sent', () => {
    const encoder = new FieldEncoder();
    const before = heldBytes();
    for (let i = 0; i < MAX_NAMES; i++) encoder.encode([`${i}-${'n'.repeat(16_000)}`, `${i}-${'v'.repeat(16_000)}`]);
    for (let i = 0; i < MAX_NAMES; i++) encoder.encode([`x-${i}`, `${i}-${'v'.repeat(16_000)}`]);
    expect(heldBytes() - before).toBeLessThan(1024 * 1024);
  });
});

describe('the size of the table', () => {
  it('is told before the next fields, once', () => {
    const { encoder, send } = pair();
    encoder.resize(100);
    expect(send([':method', 'GET']).block.toString('hex')).toBe('3f4582');
    expect(send([':method', 'GET']).block.toString('hex')).toBe('82');
  });

  it('is never more than what the decoder may be asked for', () => {
    const { encoder, send } = pair();
    encoder.resize(1_000_000);
    expect(send([':method', 'GET']).block.toString('hex')).toBe('82');
  });

  it('of 0 keeps nothing', () => {
    const { encoder, send } = pair();
    send(['x-own', 'value']);
    encoder.resize(0);
    const block = send(['x-own', 'value']).block;
    expect(block.includes('x-own')).toBe(true);
    expect(send(['x-own', 'value']).block.includes('x-own')).toBe(true);
  });
});
