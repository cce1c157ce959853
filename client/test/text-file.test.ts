import { truncate } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TextFile } from '../src/text-file.js';
import { TemporaryFolder } from './support/files.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await TemporaryFolder.make();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function slicesOf(file: TextFile): Promise<Buffer[]> {
  const slices: Buffer[] = [];
  for await (const slice of file.slices({ start: 0, end: file.sizeBytes })) slices.push(Buffer.from(slice));
  return slices;
}

describe('TextFile.open', () => {
  test('finds a bare name in datasets/', async () => {
    await using file = await TextFile.open('sample.txt');
    expect(path.basename(path.dirname(file.path))).toBe('datasets');
  });

  test.each([
    ['a missing file', () => path.join(folder.path, 'missing.txt'), /there is no file/],
    ['a bare name that is nowhere', () => 'no-such-text.txt', /neither here nor in datasets/],
    ['a folder', () => folder.path, /is a folder, and no text to read/],
    ['a device', () => '/dev/zero', /is a device, and no text to read/],
    ['standard input', () => '-', /can be read only once|is a device/],
    ['an empty file', () => folder.write('empty.txt', ''), /is empty/],
  ])('refuses %s', async (_what, name, message) => {
    await expect(TextFile.open(await name())).rejects.toThrow(message);
  });
});

describe('TextFile.slices', () => {
  test('joins to the file, and cuts no code point', async () => {
    const text = 'aé漢🐟'.repeat(60_000);
    await using file = await TextFile.open(await folder.write('wide.txt', text));
    const slices = await slicesOf(file);
    expect(slices.length).toBeGreaterThan(2);
    expect(slices.map((slice) => slice.toString()).join('') === text).toBe(true);
  });

  test('says which byte is not UTF-8', async () => {
    const invalid = fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8], [0x80]);
    const before = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '🐟', '\ufffd'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(before, invalid, async (text, bytes) => {
        const content = Buffer.concat([Buffer.from(text), Buffer.from(bytes), Buffer.from('tail')]);
        await using file = await TextFile.open(await folder.write('invalid.txt', content));
        await expect(slicesOf(file)).rejects.toThrow(`at offset ${Buffer.byteLength(text)} `);
      }),
      { numRuns: 50 },
    );
  });

  test('refuses a code point that is cut off at the end of the file', async () => {
    await using file = await TextFile.open(await folder.write('cut.txt', Buffer.from('fish 🐟').subarray(0, -1)));
    await expect(slicesOf(file)).rejects.toThrow('at offset 5 ');
  });

  test('refuses a file that has become shorter', async () => {
    const name = await folder.write('shrinking.txt', 'a text of some length');
    await using file = await TextFile.open(name);
    await truncate(name, 5);
    await expect(slicesOf(file)).rejects.toThrow(/changed while it was read/);
  });
});
