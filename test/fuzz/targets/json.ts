import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { JsonError, JsonReader, jsonShape } from '@flotilla/json';
import fc from 'fast-check';
import { documents, writeDocument } from '../../../packages/json/test/documents.js';
import { errorOf } from '../../../packages/json/test/reading.js';
import { cutAt, cuts, mutated, mutations } from '../bytes.js';
import { fuzzTarget } from '../target.js';

/** What means something to JSON or to UTF-8. */
const MEANINGFUL = [
  ...'{}[]",:\\0-.eEtn \n\x01\x1f\x7f',
  '\\u0000',
  '\\ud800',
  '\\udc00',
  '\xef\xbb\xbf',
  '\xed\xa0\x80',
  '\xc0\x80',
  '\xf4\x90\x80\x80',
  '1e999',
  '-0',
  '01',
  'nul',
  '"text":',
  '"text":""',
  '"request_id":"x"',
  '[[[[[[[[[[[[[[[[',
];
const MAX_VALUE_BYTES = 4096;
const MAX_DEPTH = 10_000;
const ANYTHING = jsonShape({}, { maxDepth: MAX_DEPTH });
const ONE_VALUE = jsonShape({ value: { kind: 'value', maxBytes: MAX_VALUE_BYTES } }, { maxDepth: MAX_DEPTH });
const GRAMMAR = new Set(['SYNTAX', 'INCOMPLETE', 'INVALID_UTF8']);

const inputs = fc.tuple(documents, fc.nat(), mutations(MEANINGFUL), cuts).map(([value, style, changes, places]) => ({
  bytes: mutated(Buffer.from(writeDocument(value, style)), changes),
  places,
}));

/** Our reader beside `isUtf8` and `JSON.parse`: which documents are objects, and what a value in one is. */
export const json = fuzzTarget('JSON beside JSON.parse', inputs, ({ bytes, places }) => {
  const wanted = parsed(bytes);
  const isObject = typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted);
  for (const pieces of [[bytes], cutAt(bytes, places)]) {
    if (isTaken(pieces) !== isObject) throw new Error(`taken: ${!isObject}; JSON.parse: ${isObject}`);
    // It overwrites what it was given, to see whether it is still needed.
    const error = errorOf(pieces.map((chunk) => Uint8Array.from(chunk)));
    if (error === undefined && !isObject) throw new Error('a document was taken that is no object');
    if (error && GRAMMAR.has(error.code) && isObject)
      throw new Error(`refused as ${error.code}, and JSON.parse takes it`);
  }
  if (wanted !== undefined) expectSameValue(bytes, wanted);
  return isObject;
});

function expectSameValue(bytes: Buffer, wanted: unknown): void {
  const mark = hasMark(bytes) ? 3 : 0;
  const whole = Buffer.concat([Buffer.from('{"value":'), bytes.subarray(mark), Buffer.from('}')]);
  let found: unknown;
  const reader = new JsonReader(ONE_VALUE, { value: (value) => (found = value) });
  try {
    reader.write(whole);
    reader.end();
  } catch (error) {
    // Too long, or too deep by the object around it.
    if (error instanceof JsonError && !GRAMMAR.has(error.code)) return;
    throw error;
  }
  if (!isDeepStrictEqual(found, wanted)) throw new Error(`read as ${JSON.stringify(found)}`);
}

/** What `JSON.parse` says; undefined for what is no JSON in UTF-8. */
function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.subarray(hasMark(bytes) ? 3 : 0).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function hasMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function isTaken(pieces: readonly Buffer[]): boolean {
  const reader = new JsonReader(ANYTHING, {});
  try {
    for (const chunk of pieces) reader.write(chunk);
    reader.end();
    return true;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}
