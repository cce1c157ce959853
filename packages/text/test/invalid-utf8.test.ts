import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenUtf8, cuts } from './support/arbitraries.js';
import { cleanBytes, count, cut } from './support/engine.js';

const MALFORMED: Readonly<Record<string, number[]>> = {
  'a lone continuation byte': [0x61, 0x80],
  'an overlong slash': [0xc0, 0xaf],
  'an overlong three-byte form': [0xe0, 0x9f, 0xbf],
  'an overlong four-byte form': [0xf0, 0x8f, 0xbf, 0xbf],
  'a surrogate': [0xed, 0xa0, 0x80],
  'more than U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'a byte that never occurs': [0xff],
  'a text that ends after one of two bytes': [0x61, 0xc3],
  'a text that ends after two of three bytes': [0xe4, 0xb8],
  'a text that ends after three of four bytes': [0xf0, 0x9f, 0x98],
  'a code point cut short by a letter': [0xe4, 0xb8, 0x61],
};

describe.each([
  ['Cleaner', (pieces: Uint8Array[]): unknown => cleanBytes(pieces)],
  ['WordCounter', (pieces: Uint8Array[]): unknown => count(pieces)],
] as const)('%s', (_, run) => {
  it.each(Object.entries(MALFORMED))('refuses %s, whole and byte by byte', (_name, bytes) => {
    const whole = Uint8Array.from(bytes);
    const refusal = expect.objectContaining({ name: 'TextError', code: 'INVALID_UTF8' });
    expect(() => run([whole])).toThrow(refusal);
    expect(() => run(bytes.map((byte) => Uint8Array.of(byte)))).toThrow(refusal);
  });

  it('refuses exactly what isUtf8 refuses, in any pieces', () => {
    let broken = 0;
    fc.assert(
      fc.property(brokenUtf8, cuts, (bytes, fractions) => {
        const pieces = cut(bytes, fractions);
        if (isUtf8(bytes)) {
          expect(() => run(pieces)).not.toThrow();
        } else {
          broken++;
          expect(() => run(pieces)).toThrow(expect.objectContaining({ code: 'INVALID_UTF8' }));
        }
      }),
      { numRuns: 3_000 },
    );
    expect(broken).toBeGreaterThan(500);
  });
});
