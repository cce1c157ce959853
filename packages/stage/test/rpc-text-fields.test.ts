import { fromBinary } from '@bufbuild/protobuf';
import { AnalysisRequestSchema, TextRequestSchema } from '@flotilla/contracts/rpc';
import { WireReader } from '@flotilla/http-server/rpc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextFields } from '../src/rpc/text-fields.js';

interface Read {
  readonly text: string;
  readonly requestId: string;
  readonly flag: boolean;
}

/** What the reader in pieces makes of a message; undefined: it refuses it. */
function readInPieces(pieces: readonly Buffer[], hasFlag: boolean, lengthBytes: number | undefined): Read | undefined {
  let texts: Buffer[] = [];
  const startedAt: number[] = [];
  const sink = {
    beginText: (bytes: number) => {
      texts = [];
      startedAt.push(bytes);
    },
    text: (chunk: Buffer) => void texts.push(chunk),
    endText: () => expect(Buffer.concat(texts)).toHaveLength(startedAt.at(-1) ?? -1),
  };
  const fields = new TextFields(sink, hasFlag);
  const reader = new WireReader(fields, lengthBytes);
  try {
    for (const chunk of pieces) reader.write(chunk);
    reader.end();
  } catch (error) {
    expect((error as Error).message).toContain('parse binary');
    return undefined;
  }
  return { text: Buffer.concat(texts).toString(), requestId: fields.requestId, flag: fields.flag };
}

/** The same by the library. */
function readWhole(message: Buffer, hasFlag: boolean): Read | undefined {
  try {
    if (!hasFlag) return { ...fieldsOf(fromBinary(AnalysisRequestSchema, message)), flag: false };
    const request = fromBinary(TextRequestSchema, message);
    return { ...fieldsOf(request), flag: request.includeFrequencies };
  } catch {
    return undefined;
  }
}

const fieldsOf = ({ text, requestId }: { text: string; requestId: string }) => ({ text, requestId });

function cut(message: Buffer, borders: readonly number[]): Buffer[] {
  const at = [...new Set(borders.map((border) => border % (message.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, n) => message.subarray(start, at[n] ?? message.length));
}

const byte = fc.integer({ min: 0, max: 255 });
const bytes = (...values: number[]) => Buffer.from(values);

/** A number with as many bytes as it needs, or with more, or with more than there may be. */
const varint = fc
  .record({
    value: fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    padding: fc.oneof(fc.constant(0), fc.nat(11)),
  })
  .map(({ value, padding }) => {
    const out = Array.from({ length: padding }, () => 0x80);
    if (padding > 0) out.push(0);
    let last = value;
    const digits: number[] = [];
    for (; last > 0x7f; last = Math.floor(last / 128)) digits.push((last % 128) | 0x80);
    return Buffer.from([...digits, padding > 0 ? last | 0x80 : last, ...out]);
  });
const tag = fc
  .record({ number: fc.constantFrom(0, 1, 1, 2, 2, 3, 3, 4, 15, 16, 300), type: fc.nat(7) })
  .map(({ number, type }) => {
    const value = (number << 3) | type;
    return value < 0x80 ? bytes(value) : bytes((value & 0x7f) | 0x80, value >> 7);
  });
const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
  fc.array(byte, { maxLength: 5 }).map((values) => Buffer.from(values)),
  fc.constant(Buffer.from('\u{feff}a text with a mark')),
);
const delimited = (number: number) =>
  strings.map((text) => Buffer.concat([bytes((number << 3) | 2, text.length), text]));
const skipped = fc.oneof(
  delimited(9),
  varint.map((value) => Buffer.concat([bytes(0x40), value])),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value) => Buffer.concat([bytes(0x41), value])),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((value) => Buffer.concat([bytes(0x45), value])),
  fc.nat(101).map((depth) => Buffer.concat([Buffer.alloc(depth, 0x43), Buffer.alloc(depth, 0x44)])),
  fc.constant(bytes(0x43, 0x4c)),
);
const known = fc.oneof(
  delimited(1),
  delimited(2),
  fc.boolean().map((value) => bytes(0x18, Number(value))),
  varint.map((value) => Buffer.concat([bytes(0x18), value])),
);
const group = fc
  .array(fc.oneof(known, skipped), { maxLength: 3 })
  .map((fields) => [bytes(0x43), ...fields, bytes(0x44)]);
const record = fc.oneof(
  { weight: 6, arbitrary: known },
  { weight: 2, arbitrary: skipped },
  { weight: 1, arbitrary: group.map((parts) => Buffer.concat(parts)) },
  { weight: 1, arbitrary: fc.tuple(tag, varint).map((parts) => Buffer.concat(parts)) },
);
const sound = fc.array(record, { maxLength: 6 }).map((records) => Buffer.concat(records));
const broken = fc.tuple(sound, fc.nat(), byte, fc.nat()).map(([message, at, value, end]) => {
  const changed = Buffer.from(message);
  if (changed.length > 0) changed[at % changed.length] = value;
  return changed.subarray(0, changed.length - (end % 3));
});
const message = fc.oneof(
  sound,
  broken,
  fc.uint8Array({ maxLength: 30 }).map((each) => Buffer.from(each)),
);

describe('a message in pieces is read as the library reads it whole', () => {
  test.each([
    ['with a flag', true],
    ['without one', false],
  ])('%s', (_name, hasFlag) => {
    fc.assert(
      fc.property(message, fc.array(fc.nat(), { maxLength: 8 }), fc.boolean(), (whole, borders, isLengthKnown) => {
        const length = isLengthKnown ? whole.length : undefined;
        expect(readInPieces(cut(whole, borders), hasFlag, length)).toEqual(readWhole(whole, hasFlag));
      }),
      { numRuns: 20_000 },
    );
  });

  test('byte by byte', () => {
    fc.assert(
      fc.property(message, (whole) => {
        const pieces = Array.from(whole, (value) => bytes(value));
        expect(readInPieces(pieces, true, whole.length)).toEqual(readWhole(whole, true));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['the last of 64 bits', 0x01],
    ['only bits beyond the 64th', 0x7e],
  ])('a bool with %s', (_name, last) => {
    const whole = Buffer.concat([bytes(0x18), Buffer.alloc(9, 0x80), bytes(last)]);
    expect(readInPieces([whole], true, whole.length)).toEqual(readWhole(whole, true));
  });

  test.each([
    ['99 groups in each other', 99, true],
    ['100 groups in each other', 100, false],
  ])('%s', (_name, depth, isRead) => {
    const whole = Buffer.concat([Buffer.alloc(depth, 0x43), Buffer.alloc(depth, 0x44)]);
    expect(readWhole(whole, true) !== undefined).toBe(isRead);
    expect(readInPieces([whole], true, whole.length) !== undefined).toBe(isRead);
  });
});
