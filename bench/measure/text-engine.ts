import { Cleaner, type CountTable, WordCounter } from '@flotilla/text';

/** As much as a socket brings at once. */
export const PIECE_BYTES = 64 * 1024;

export interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Cuts bytes without copying them. */
export function inPieces(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES));
}

/** What the text engine does of the fleet's work. */
export function cleanAndCount(pieces: readonly Uint8Array[]): CountTable {
  const cleaner = new Cleaner();
  const counter = new WordCounter();
  for (const chunk of pieces) counter.write(cleaner.write(chunk));
  counter.write(cleaner.end());
  return counter.end();
}

/** Times some work of this process, its garbage collection included. */
export function time(work: () => unknown): Timing {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000 };
}
