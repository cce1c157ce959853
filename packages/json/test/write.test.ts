import { escapeUtf8, escapeUtf8Into, jsonString } from '@flotilla/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, cutAt, stringOf } from './reading.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', '\u2028', 'é', '😀', 'a') }),
);

describe('writing strings', () => {
  it('writes a JavaScript string so that JSON.parse gives it back, lone surrogates too', () => {
    const any = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.oneof(text, any), (s) => {
        expect(JSON.parse(stringOf(jsonString(s)))).toBe(s);
      }),
    );
  });

  it('escapes UTF-8 as JSON.stringify does, cut anywhere', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (s, places) => {
        const pieces = cutAt(bytesOf(s), places).map(escapeUtf8);
        expect(`"${stringOf(...pieces)}"`).toBe(JSON.stringify(s.toWellFormed()));
      }),
    );
  });

  it('gives back the same bytes when nothing needs an escape', () => {
    const plain = bytesOf('plain é 😀');
    expect(escapeUtf8(plain)).toBe(plain);
  });

  it('escapes a part of the source into a part of the target', () => {
    const target = new Uint8Array(64).fill(0x2e);
    const end = escapeUtf8Into(bytesOf('xa\n"\u0001bx'), 1, 6, target, 3);
    expect(stringOf(target.subarray(0, end + 1))).toBe('...a\\n\\"\\u0001b.');
  });
});
