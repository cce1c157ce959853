import { isUtf8 } from 'node:buffer';
import { generateText } from '@flotilla/dataset';
import { describe, expect, it } from 'vitest';

const generate = (sizeBytes: number, seed = 1): Buffer => Buffer.concat([...generateText({ sizeBytes, seed })]);

function countWords(text: string): number[] {
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a);
}

/** Slope of log(frequency) over log(rank), by least squares over logarithmically spaced ranks. */
function zipfSlope(frequencies: readonly number[], fromRank: number, toRank: number): number {
  const points: [number, number][] = [];
  for (let rank = fromRank; rank <= toRank; rank = Math.ceil(rank * 1.2)) {
    points.push([Math.log(rank), Math.log(frequencies[rank - 1] as number)]);
  }
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

describe('generateText', () => {
  const sample = generate(4_000_000);
  const text = sample.toString();

  it.each([0, 1, 2, 3, 10, 1_000, 65_536, 65_537, 200_001])('makes exactly %i bytes of valid UTF-8', (sizeBytes) => {
    const bytes = generate(sizeBytes);
    expect(bytes).toHaveLength(sizeBytes);
    expect(isUtf8(bytes)).toBe(true);
  });

  it('cuts no code point at any end', () => {
    // Ends move byte by byte over a stretch that has wide characters.
    const stretch = generate(3_000);
    expect(stretch.toString()).toMatch(/[^\0-\x7f]/);
    for (let size = 1; size <= stretch.length; size++) expect(isUtf8(generate(size))).toBe(true);
  });

  it('gives pieces that are whole by themselves', () => {
    for (const chunk of generateText({ sizeBytes: 300_000, seed: 7 })) {
      expect(isUtf8(chunk)).toBe(true);
      expect(chunk.length).toBeLessThanOrEqual(80 * 1024);
    }
  });

  it('gives the same text for the same seed, and another for another', () => {
    expect(generate(100_000, 5).equals(generate(100_000, 5))).toBe(true);
    expect(generate(100_000, 5).equals(generate(100_000, 6))).toBe(false);
    expect(generate(1_000, 5).equals(generate(100_000, 5).subarray(0, 1_000))).toBe(true);
  });

  it('has word frequencies that follow Zipf', () => {
    const frequencies = countWords(text);
    const share = (frequencies[0] as number) / frequencies.reduce((sum, count) => sum + count, 0);
    expect(share).toBeGreaterThan(0.025);
    expect(share).toBeLessThan(0.08);
    expect(zipfSlope(frequencies, 10, 5_000)).toBeGreaterThan(-1.25);
    expect(zipfSlope(frequencies, 10, 5_000)).toBeLessThan(-0.85);
    const once = frequencies.filter((count) => count === 1).length / frequencies.length;
    expect(once).toBeGreaterThan(0.3);
    expect(once).toBeLessThan(0.7);
  });

  it('has one to two per cent of characters outside ASCII, of several scripts', () => {
    const characters = [...text].length;
    const wide = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
    expect(wide / characters).toBeGreaterThan(0.01);
    expect(wide / characters).toBeLessThan(0.02);
    for (const script of ['Cyrillic', 'Greek', 'Han']) {
      expect(text).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    }
    expect(text).toMatch(/[áéïöüçñ]/);
    expect(text).toMatch(/“[^”]+”/);
    expect(text).toContain('—');
  });

  it('looks like prose', () => {
    const wordLengths = text.split(/\s+/).map((word) => word.length);
    const meanLength = wordLengths.reduce((sum, length) => sum + length, 0) / wordLengths.length;
    expect(meanLength).toBeGreaterThan(4.5);
    expect(meanLength).toBeLessThan(6.5);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(140);
    for (const mark of [/\n\n/, /don't/, /\w-\w/, /[.?!] [A-Z“]/, /, /, /\d/]) expect(text).toMatch(mark);
  });

  it('refuses a size that makes no sense', () => {
    expect(() => generate(-1)).toThrow(RangeError);
    expect(() => generate(1.5)).toThrow(/sizeBytes/);
  });
});
