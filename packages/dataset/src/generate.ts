import { Prose } from './prose.js';
import { TextWriter } from './text-writer.js';

const PIECE_BYTES = 64 * 1024;
/** More than the longest sentence can take, so that the writer never has to look whether there is room. */
const MAX_SENTENCE_BYTES = 16 * 1024;

/**
 * A text like real language: a Zipf-Mandelbrot vocabulary with English function words on top, a tail of rare words and
 * numbers, sentences, wrapped lines, paragraphs, and one to two per cent of characters outside ASCII. The same
 * arguments always give the same bytes.
 *
 * @param options.sizeBytes exact length of the text; 0 gives none. Where the end would cut a code point, full stops
 *   take its place.
 * @param options.seed any integer; only its low 32 bits count
 * @returns pieces of about 64 KiB that end between sentences; each is memory the caller owns
 * @throws RangeError when sizeBytes is no whole number, or negative
 */
export function* generateText(options: { sizeBytes: number; seed: number }): Generator<Uint8Array> {
  const { sizeBytes, seed } = options;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new RangeError(`sizeBytes must be a whole number from 0, got ${sizeBytes}`);
  }
  const out = new TextWriter(PIECE_BYTES + MAX_SENTENCE_BYTES);
  const prose = new Prose(seed, out);
  for (let left = sizeBytes; left > 0; ) {
    while (out.length < PIECE_BYTES && out.length < left) prose.sentence();
    const isCut = out.length > left;
    const chunk = out.take(left);
    if (isCut) padCutCodePoint(chunk);
    left -= chunk.length;
    yield chunk;
  }
}

/** Replaces the beginning of a code point at the end of the piece, if there is one, by full stops. */
function padCutCodePoint(chunk: Uint8Array): void {
  let lead = chunk.length - 1;
  while (lead > 0 && ((chunk[lead] as number) & 0xc0) === 0x80) lead--;
  const first = chunk[lead] as number;
  const needed = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (lead + needed > chunk.length) chunk.fill(0x2e, lead);
}
