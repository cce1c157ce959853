import type { Caller } from './caller.js';
import { type KnownText, knownText } from './known-text.js';
import { Tally } from './tally.js';

const DIFFERENT_TEXTS = 4;

/** Large texts whose right answers are known. */
export function largeTexts(sizeBytes: number): Promise<KnownText[]> {
  return Promise.all(Array.from({ length: DIFFERENT_TEXTS }, (_, n) => knownText(sizeBytes, 1000 + n)));
}

/** Sends so many of them at once. Settles when each has been answered, or has failed. */
export async function upload(caller: Caller, texts: readonly KnownText[], count: number): Promise<Tally> {
  const tally = new Tally();
  await Promise.all(
    Array.from({ length: count }, (_, n) => tally.request(caller, texts[n % texts.length] as KnownText, `upload-${n}`)),
  );
  return tally;
}
