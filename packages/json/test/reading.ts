import { JsonError, JsonReader, jsonShape } from '@flotilla/json';

/** One member of every kind, and one object inside another. */
const SHAPE = jsonShape({
  text: { kind: 'text', mode: 'raw' },
  said: { kind: 'text', mode: 'decoded' },
  request_id: { kind: 'value', maxBytes: 4096 },
  analysis: {
    kind: 'object',
    members: {
      word_count: { kind: 'value', maxBytes: 32 },
      word_frequencies: { kind: 'counts', maxKeyBytes: 256 },
      inner: { kind: 'object', members: { note: { kind: 'text', mode: 'decoded' } } },
    },
  },
});

/** What a document held, with texts as strings and counts as a list. */
export interface Found {
  raw?: string;
  said?: string;
  requestId?: unknown;
  wordCount?: unknown;
  counts?: [string, number][];
  note?: string;
  objects: string[];
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const stringOf = (...pieces: Uint8Array[]): string => STRICT.decode(Buffer.concat(pieces));

/** Cuts `bytes` at the given places; places out of range and repeated ones do no harm. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const inside = places.filter((place) => place > 0 && place < bytes.length).sort((a, b) => a - b);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge));
}

export const everyByte = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** Collects a text, and checks that every piece is valid UTF-8 of its own. */
function textInto(done: (text: string) => void, objects: string[], name: string) {
  let text = '';
  return {
    begin: () => void objects.push(`<${name}`),
    chunk: (bytes: Uint8Array) => {
      text += stringOf(bytes);
    },
    end: () => {
      objects.push(`${name}>`);
      done(text);
    },
  };
}

/** Reads a document given in chunks. Every chunk is overwritten after its call: it must not be needed any more. */
export function read(chunks: readonly Uint8Array[]): Found {
  const found: Found = { objects: [] };
  const { objects } = found;
  const reader = new JsonReader(SHAPE, {
    text: textInto((text) => (found.raw = text), objects, 'text'),
    said: textInto((text) => (found.said = text), objects, 'said'),
    request_id: (value) => (found.requestId = value),
    analysis: {
      begin: () => void objects.push('{analysis'),
      members: {
        word_count: (value) => (found.wordCount = value),
        word_frequencies: {
          begin: () => (found.counts = []),
          entry: (bytes, start, end, count) => found.counts?.push([stringOf(bytes.subarray(start, end)), count]),
          end: () => void objects.push('counts'),
        },
        inner: {
          begin: () => void objects.push('{inner'),
          members: { note: textInto((text) => (found.note = text), objects, 'note') },
          end: () => void objects.push('inner}'),
        },
      },
      end: () => void objects.push('analysis}'),
    },
  });
  for (const chunk of chunks) {
    const own = chunk.slice();
    reader.write(own);
    if (Buffer.compare(own, chunk) !== 0) throw new Error('the reader wrote into a chunk');
    own.fill(0x22);
  }
  reader.end();
  return found;
}

/** @returns the error that reading gives, or `undefined` when the document is accepted */
export function errorOf(chunks: readonly Uint8Array[]): JsonError | undefined {
  try {
    read(chunks);
    return undefined;
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}
