import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHuffman } from '../src/hpack/huffman.js';

const END_OF_STRING = '1'.repeat(30);

/** Codes of RFC 7541, appendix B, of every length that there is. */
const CODES: readonly (readonly [number, string])[] = [
  [0x30, '00000'],
  [0x74, '01001'],
  [0x20, '010100'],
  [0x3a, '1011100'],
  [0x26, '11111000'],
  [0x21, '1111111000'],
  [0x7c, '11111111100'],
  [0x23, '111111111010'],
  [0x00, '1111111111000'],
  [0x5e, '11111111111100'],
  [0x3c, '111111111111100'],
  [0x5c, '1111111111111110000'],
  [0xd0, '1111111111111110010'],
  [0x80, '11111111111111100110'],
  [0x99, '111111111111111011100'],
  [0x81, '1111111111111111010010'],
  [0x01, '11111111111111111011000'],
  [0x09, '111111111111111111101010'],
  [0xc7, '1111111111111111111101100'],
  [0xc0, '11111111111111111111100000'],
  [0xcb, '111111111111111111111011110'],
  [0x02, '1111111111111111111111100010'],
  [0x0a, '111111111111111111111111111100'],
  [0x16, '111111111111111111111111111110'],
];

/** Bits as bytes, filled up with ones. */
function bytesOf(bits: string): Buffer {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from((whole.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

const read = (bytes: Buffer) => decodeHuffman(bytes, 0, bytes.length);

describe('a string in Huffman’s code', () => {
  it.each(CODES)('has byte %i as %s', (byte, bits) => {
    expect(read(bytesOf(bits))).toBe(String.fromCharCode(byte));
    expect(read(bytesOf(bits.repeat(9)))).toBe(String.fromCharCode(byte).repeat(9));
  });

  it('may be any of the codes in a row', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CODES), { maxLength: 60 }), (codes) => {
        const meant = codes.map(([byte]) => String.fromCharCode(byte)).join('');
        expect(read(bytesOf(codes.map(([, bits]) => bits).join('')))).toBe(meant);
      }),
    );
  });

  it('may be empty, and long', () => {
    expect(read(Buffer.alloc(0))).toBe('');
    expect(read(Buffer.alloc(50_000))).toBe('0'.repeat(80_000));
  });

  it('is read where it is', () => {
    expect(decodeHuffman(Buffer.from('ff1fff', 'hex'), 1, 2)).toBe('a');
  });

  it('is not filled up with eight bits or more, or with anything but ones', () => {
    expect(read(bytesOf('00011'))).toBe('a');
    expect(read(Buffer.concat([bytesOf('00011'), Buffer.from([0xff])]))).toBeUndefined();
    expect(read(Buffer.from([0xff]))).toBeUndefined();
    for (const bits of ['00011000', '00011110', '00011011']) expect(read(bytesOf(bits))).toBeUndefined();
  });

  it('does not say where it ends', () => {
    expect(read(bytesOf(END_OF_STRING))).toBeUndefined();
    expect(read(bytesOf(`00011${END_OF_STRING}00011`))).toBeUndefined();
  });

  it('is something or nothing, whatever it consists of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = decodeHuffman(bytes, 0, bytes.length);
        if (text !== undefined) expect(text.length).toBeLessThanOrEqual((bytes.length * 8) / 5);
      }),
    );
  });
});
