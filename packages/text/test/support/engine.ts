import { Cleaner, type CleanerLimits, type CountTable, type CountTableOptions, WordCounter } from '@flotilla/text';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Cuts bytes at the given fractions (0 to 1) of their length. */
export function cut(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const places = fractions.map((fraction) => Math.floor(fraction * bytes.length)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

export function cleanBytes(pieces: Iterable<Uint8Array>, limits?: Partial<CleanerLimits>): Buffer {
  const cleaner = new Cleaner(limits);
  const parts: Uint8Array[] = [];
  for (const chunk of pieces) parts.push(cleaner.write(chunk));
  return Buffer.concat([...parts, cleaner.end()]);
}

export const cleanText = (text: string): string => cleanBytes([utf8(text)]).toString();

export function count(pieces: Iterable<Uint8Array>, options?: Partial<CountTableOptions>): CountTable {
  const counter = new WordCounter(options);
  for (const chunk of pieces) counter.write(chunk);
  return counter.end();
}

export const json = (table: CountTable): string => Buffer.concat([...table.toJson()]).toString();
