import { isUtf8 } from 'node:buffer';
import { JsonError, JsonReader, jsonShape } from '@flotilla/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuts, documents, writeDocument } from './documents.js';
import { bytesOf, cutAt, errorOf, everyByte } from './reading.js';

const ANYTHING = jsonShape({}, { maxDepth: 10_000 });

/** Whether the reader takes the document as an object of which nothing is declared. */
function isAccepted(chunks: readonly Uint8Array[]): boolean {
  const reader = new JsonReader(ANYTHING, {});
  try {
    for (const chunk of chunks) reader.write(chunk);
    reader.end();
    return true;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

/** Whether `isUtf8` and JSON.parse take it, as an object. */
function isObject(bytes: Uint8Array): boolean {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (!isUtf8(bytes)) return false;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.subarray(mark)).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Bytes that mean something to the grammar or to UTF-8, and any others. */
const byte = fc.oneof(
  fc.constantFrom(...bytesOf('{}[]",:\\u0dD8eE+-.19tfn \n\u0001')),
  fc.constantFrom(0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff),
  fc.nat(255),
);
const mutation = fc.record({ kind: fc.constantFrom('set', 'insert', 'delete', 'cut', 'copy'), at: fc.nat(), byte });

function mutate(bytes: Uint8Array, changes: readonly { kind: string; at: number; byte: number }[]): Uint8Array {
  let list = Array.from(bytes);
  for (const { kind, at, byte: value } of changes) {
    const place = list.length === 0 ? 0 : at % list.length;
    if (kind === 'set') list[place] = value;
    else if (kind === 'insert') list.splice(place, 0, value);
    else if (kind === 'delete') list.splice(place, 1);
    else if (kind === 'copy') list.splice(place, 0, ...list.slice(place, place + (value % 16)));
    else if (value < 64) list = list.slice(0, place);
  }
  return Uint8Array.from(list);
}

const mutants = fc
  .tuple(documents, fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([value, seed, changes]) => mutate(bytesOf(writeDocument(value, seed)), changes));

const GRAMMAR = new Set(['SYNTAX', 'INCOMPLETE', 'INVALID_UTF8']);
const facts = (error: JsonError | undefined) => error && [error.code, error.path, error.offset, error.expected];

describe('mutated documents', () => {
  it('are accepted exactly where isUtf8 and JSON.parse accept them', () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutants, cuts, (bytes, places) => {
        const wanted = isObject(bytes);
        accepted += wanted ? 1 : 0;
        expect(isAccepted(cutAt(bytes, places))).toBe(wanted);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('are refused as a matter of grammar only where JSON.parse refuses them, and never taken where it does', () => {
    fc.assert(
      fc.property(mutants, cuts, (bytes, places) => {
        const error = errorOf(cutAt(bytes, places));
        if (error === undefined) expect(isObject(bytes)).toBe(true);
        else if (GRAMMAR.has(error.code)) expect(isObject(bytes)).toBe(false);
      }),
      { numRuns: 4000 },
    );
  });

  it('give the same error at the same byte however they are cut', () => {
    fc.assert(
      fc.property(mutants, cuts, (bytes, places) => {
        const whole = facts(errorOf([bytes]));
        expect(facts(errorOf(cutAt(bytes, places)))).toEqual(whole);
        expect(facts(errorOf(everyByte(bytes)))).toEqual(whole);
      }),
      { numRuns: 4000 },
    );
  });
});
