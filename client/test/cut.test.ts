import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByteRange, cutRange, type ReadAt, spaceLength } from '../src/cut.js';
import { anyText, WHITE_SPACE } from './support/texts.js';

function reader(bytes: Uint8Array): ReadAt {
  return async (position, maxBytes) => bytes.subarray(position, position + maxBytes);
}

async function cut(text: string, parts: number): Promise<string[]> {
  const bytes = Buffer.from(text);
  const ranges = await cutRange(reader(bytes), { start: 0, end: bytes.length }, parts);
  return ranges.map(({ start, end }) => bytes.subarray(start, end).toString());
}

describe('cutRange', () => {
  test('gives chunks that join to the text, at most as many as asked for, none empty', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 40 }), async (text, parts) => {
        const chunks = await cut(text, parts);
        expect(chunks.join('')).toBe(text);
        expect(chunks.length).toBeLessThanOrEqual(parts);
        expect(chunks).not.toContain('');
      }),
    );
  });

  test('ends every chunk but the last with white space, so no word is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 2, max: 40 }), async (text, parts) => {
        const chunks = await cut(text, parts);
        for (const chunk of chunks.slice(0, -1)) expect(chunk).toMatch(/\s$/u);
      }),
    );
  });

  test('changes nothing about lower-casing, the final sigma included', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 2, max: 40 }), async (text, parts) => {
        const chunks = await cut(text, parts);
        expect(chunks.map((chunk) => chunk.toLowerCase()).join('')).toBe(text.toLowerCase());
      }),
    );
  });

  test('does not cut at U+FEFF, through which the rule for the final sigma looks', async () => {
    expect('ΑΣ\ufeffΑ'.toLowerCase()).not.toBe(`${'ΑΣ\ufeff'.toLowerCase()}α`);
    expect(await cut('ΑΣ\ufeffΑΣ\ufeffΑΣ', 3)).toHaveLength(1);
  });

  test('gives as many chunks as asked for, of about the same size, when words are short', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 20, max: 400 }), async (parts, words) => {
        const chunks = await cut('word '.repeat(words), parts);
        expect(chunks).toHaveLength(parts);
        const sizes = chunks.map((chunk) => chunk.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2 * 'word '.length);
      }),
    );
  });

  test('gives one chunk for one huge word, and reads no byte of it twice but for the window edges', async () => {
    const bytes = Buffer.alloc(200_000, 'x');
    let read = 0;
    const counting: ReadAt = async (position, maxBytes) => {
      const part = bytes.subarray(position, position + maxBytes);
      read += part.length;
      return part;
    };
    expect(await cutRange(counting, { start: 0, end: bytes.length }, 8)).toEqual([{ start: 0, end: bytes.length }]);
    expect(read).toBeLessThan(bytes.length);
  });

  test('gives one chunk per word when there are fewer words than asked for', async () => {
    expect(await cut('a b c', 50)).toEqual(['a ', 'b ', 'c']);
  });

  test('finds a multi-byte border wherever the window ends', async () => {
    for (let length = 16_380; length < 16_388; length++) {
      const text = `a ${'x'.repeat(length)}\u3000${'y'.repeat(length)}`;
      const bytes = Buffer.from(text);
      const range: ByteRange = { start: 2, end: bytes.length };
      const ranges = await cutRange(reader(bytes), range, 2000);
      expect(ranges.map(({ end }) => end)).toEqual([2 + length + 3, bytes.length]);
    }
  });

  test('cuts nothing out of nothing', async () => {
    expect(await cut('', 4)).toEqual([]);
  });
});

describe('spaceLength', () => {
  test('knows every white-space character but U+FEFF, and no other', () => {
    for (let codePoint = 0; codePoint <= 0xffff; codePoint++) {
      const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
      if (isSurrogate) continue;
      const character = String.fromCodePoint(codePoint);
      const bytes = Buffer.from(character);
      const isBorder = /\s/u.test(character) && character !== '\ufeff';
      expect(spaceLength(bytes, 0), codePoint.toString(16)).toBe(isBorder ? bytes.length : 0);
    }
  });

  test('is tested with all of them', () => {
    const all = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
    expect(all.filter((character) => /\s/u.test(character)).toSorted()).toEqual(WHITE_SPACE.toSorted());
  });
});
