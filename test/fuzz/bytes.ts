import { inspect } from 'node:util';
import fc from 'fast-check';

export const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Where something is cut: nowhere, at a few places, or at many. Places beyond its end do no harm. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.constant([]),
  fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
  fc.array(fc.nat({ max: 2000 }), { minLength: 50, maxLength: 200 }),
);

/** Pieces of something, none of them empty. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const inside = [...new Set(places)].filter((place) => place > 0 && place < bytes.length).sort((a, b) => a - b);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((edge, n) => bytes.subarray(edges[n], edge));
}

/** One change of bytes. */
export interface Mutation {
  readonly kind: 'set' | 'insert' | 'delete' | 'cut' | 'copy';
  readonly at: number;
  readonly bytes: Buffer;
}

/** @param meaningful - What means something to the reader, beside any bytes. */
export function mutations(meaningful: readonly string[], maxLength = 3): fc.Arbitrary<readonly Mutation[]> {
  const bytes = fc.oneof(
    fc.constantFrom(...meaningful.map(latin1)),
    fc.integer({ min: 0, max: 255 }).map((byte) => Buffer.from([byte])),
  );
  const kind = fc.constantFrom('set', 'insert', 'delete', 'cut', 'copy') satisfies fc.Arbitrary<Mutation['kind']>;
  return fc.array(fc.record({ kind, at: fc.nat({ max: 100_000 }), bytes }), { maxLength });
}

/** Applies changes one after the other. */
export function mutated(bytes: Buffer, changes: readonly Mutation[]): Buffer {
  return shown(changes.reduce(changed, bytes));
}

function changed(bytes: Buffer, { kind, at, bytes: other }: Mutation): Buffer {
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  const [before, behind] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (kind) {
    case 'set':
      return Buffer.concat([before, other, behind.subarray(other.length)]);
    case 'insert':
      return Buffer.concat([before, other, behind]);
    case 'delete':
      return Buffer.concat([before, behind.subarray(other.length)]);
    case 'copy':
      return Buffer.concat([before, behind.subarray(0, 16), behind]);
    case 'cut':
      return before;
  }
}

/** Where something is reported about them, bytes are shown as text. */
export function shown(bytes: Buffer): Buffer {
  const text = () =>
    JSON.stringify(bytes.toString('latin1')).replaceAll(
      /[\x7f-\xff]/g,
      (byte) => `\\u00${byte.charCodeAt(0).toString(16)}`,
    );
  return Object.assign(bytes, { [inspect.custom]: text });
}
