import { parseSize } from '@flotilla/dataset';
import { describe, expect, it } from 'vitest';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['512B', 512],
    ['64KB', 64_000],
    ['64KiB', 65_536],
    ['32MB', 32_000_000],
    ['32 mb', 32_000_000],
    ['32MiB', 33_554_432],
    ['1.5GB', 1_500_000_000],
    [' 2GiB ', 2_147_483_648],
  ])('reads %j as %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'MB', '-1MB', '1e3', '32 megabytes', '32MBs', '1.2.3MB', '0x10', '1,000'])('refuses %j', (text) => {
    expect(() => parseSize(text)).toThrow(RangeError);
    expect(() => parseSize(text)).toThrow(/Write a number and B, KB, MB/);
  });

  it.each(['0.5', '1.0001KB', '99999999GB'])('refuses %j, no whole number of bytes', (text) => {
    expect(() => parseSize(text)).toThrow(/whole number of bytes/);
  });
});
