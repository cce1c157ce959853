import { isDeepStrictEqual } from 'node:util';
import { countLocally, type Expected } from '@flotilla/client/expected';
import { wholeTextBody } from '@flotilla/client/json-text';
import { generateText } from '@flotilla/dataset';

/** A text whose right answer is known. */
export interface KnownText {
  /** The body of a request, without an id: that stands in its header. */
  readonly body: Buffer;
  readonly expected: Expected;
}

/** Makes a text like real language, and counts it here. */
export async function knownText(sizeBytes: number, seed: number): Promise<KnownText> {
  const text = Buffer.concat([...generateText({ sizeBytes, seed })]);
  return { body: wholeTextBody(text), expected: await countLocally([text]) };
}

const MIN_BYTES = 200;
const STEP_BYTES = 7;

/** Texts of 200 bytes and more, no two the same: an answer to another request than one's own is a wrong one. */
export function knownTexts(count: number): Promise<KnownText[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => knownText(MIN_BYTES + n * STEP_BYTES, n + 1)));
}

/**
 * Holds an answer against what is right, member by member.
 *
 * @returns what is wrong with it; undefined: nothing.
 */
export function wrongIn(answer: string, expected: Expected, requestId: string): string | undefined {
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(answer) as Record<string, unknown>;
  } catch {
    return 'it is not JSON';
  }
  const { message, ...rest } = members;
  const right = {
    status: 'success',
    request_id: requestId,
    word_count: expected.wordCount,
    report: expected.report,
    top_words: expected.topWords,
  };
  if (isDeepStrictEqual(rest, right) && typeof message === 'string') return undefined;
  const names = Object.keys({ ...right, ...rest }) as (keyof typeof right)[];
  return `other ${names.filter((name) => !isDeepStrictEqual(rest[name], right[name])).join(', ') || 'message'}`;
}
