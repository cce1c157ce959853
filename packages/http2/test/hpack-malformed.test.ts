import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionFault, errorCode } from '../src/frames/protocol.js';
import { FieldDecoder } from '../src/hpack/decoder.js';
import { FieldEncoder } from '../src/hpack/encoder.js';

const MAX_LIST_BYTES = 4096;

/** @returns What is wrong with a block; undefined if nothing is. */
function faultOf(block: Uint8Array, decoder = new FieldDecoder(MAX_LIST_BYTES)): ConnectionFault | undefined {
  try {
    decoder.decode(Buffer.from(block));
    return undefined;
  } catch (error) {
    if (error instanceof ConnectionFault) return error;
    throw error;
  }
}

const WRONG: readonly (readonly [what: string, block: string])[] = [
  ['the field 0', '80'],
  ['a field behind the end of the table', 'be'],
  ['a field far behind the end of the table', 'ffffffff7f'],
  ['a name behind the end of the table', '7e0161'],
  ['a number without its end', 'ff'],
  ['a number that goes on and on', `ff${'ff'.repeat(20)}01`],
  ['a number with zeros that go on and on', `ff${'80'.repeat(20)}00`],
  ['a string of 2^32 bytes', '007f81ffffff0f'],
  ['a name that breaks off', '000361'],
  ['a value that breaks off', '0001610362'],
  ['a field without a value', '000161'],
  ['a field without a name', '00'],
  ['a string that is filled up with zeros', '0081180161'],
  ['a string that says where it ends', '0084ffffffff0161'],
  ['a table that is larger than it may be', '3fe21f'],
  ['a table that changes behind a field', '8220'],
];

describe('a malformed block', () => {
  it.each(WRONG)('is one with %s', (_what, block) => {
    expect(faultOf(Buffer.from(block, 'hex'))?.reason).toBe(errorCode.compressionError);
  });

  it('may be any bytes: nothing else is ever thrown', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), (blocks) => {
        const decoder = new FieldDecoder(MAX_LIST_BYTES);
        for (const block of blocks) if (faultOf(block, decoder)) return;
      }),
      { numRuns: 2000 },
    );
  });

  it('may be a good one with a byte that is another, or without its end', () => {
    const fields = [':method', 'POST', ':path', '/a', 'x-own', 'value', 'content-type', 'text/plain', 'cookie', 'c=1'];
    const block = Buffer.from(new FieldEncoder().encode(fields));
    for (let at = 0; at < block.length; at++) {
      for (const other of [0x00, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xff]) {
        const broken = Buffer.from(block);
        broken[at] = other;
        faultOf(broken);
      }
      faultOf(block.subarray(0, at));
    }
  });
});

describe('a list that is too long', () => {
  it('is counted to its end, and not kept', () => {
    const encoder = new FieldEncoder();
    const decoder = new FieldDecoder(MAX_LIST_BYTES);
    const long = ['x-first', 'a', ...Array.from({ length: 200 }, () => ['x-long', 'v'.repeat(300)]).flat()];
    const { fields, listBytes } = decoder.decode(encoder.encode(long));
    expect(listBytes).toBe(7 + 1 + 32 + 200 * (6 + 300 + 32));
    expect(fields).toEqual(long.slice(0, 2 * (1 + Math.floor((MAX_LIST_BYTES - 40) / 338))));
  });

  it('leaves the table as the peer has it', () => {
    const encoder = new FieldEncoder();
    const decoder = new FieldDecoder(MAX_LIST_BYTES);
    const long = Array.from({ length: 300 }, (_, i) => [`x-${i % 50}`, String(i % 100).repeat(20)]).flat();
    const short = ['x-7', '7'.repeat(20), 'x-49', '99'.repeat(20)];
    for (let i = 0; i < 4; i++) {
      decoder.decode(encoder.encode(long));
      expect(decoder.decode(encoder.encode(short)).fields).toEqual(short);
    }
  });

  it('costs no memory, however many times what is in the table is asked for', () => {
    const decoder = new FieldDecoder(MAX_LIST_BYTES);
    const value = 'v'.repeat(3900);
    decoder.decode(Buffer.concat([Buffer.from('4001617fbd1d', 'hex'), Buffer.from(value)]));
    const { fields, listBytes } = decoder.decode(Buffer.alloc(8192, 0xbe));
    expect(fields).toEqual(['a', value]);
    expect(listBytes).toBe(8192 * (1 + 3900 + 32));
  });
});
