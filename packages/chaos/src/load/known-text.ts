import { isDeepStrictEqual } from 'node:util';
import { type Counted, countLocally } from '@flotilla/client/expected';
import { wholeTextBody } from '@flotilla/client/json-text';
import { generateText } from '@flotilla/dataset';
import { Cleaner } from '@flotilla/text';

/** A text as a stage has cleaned it; lengths are in code points. */
interface CleanedText {
  readonly text: string;
  readonly originalLength: number;
  readonly cleanedLength: number;
}

/** A text whose right answer is known. */
export interface KnownText {
  readonly utf8: Buffer;
  /** The body of a request, without an id: that stands in its header. */
  readonly body: Buffer;
  readonly expected: Counted;
  readonly cleaned: CleanedText;
}

/** Makes a text like real language, and counts it here. */
export async function knownText(sizeBytes: number, seed: number): Promise<KnownText> {
  const utf8 = Buffer.concat([...generateText({ sizeBytes, seed })]);
  return { utf8, body: wholeTextBody(utf8), expected: await countLocally([utf8]), cleaned: cleanedOf(utf8) };
}

function cleanedOf(utf8: Buffer): CleanedText {
  const cleaner = new Cleaner();
  const text = Buffer.concat([cleaner.write(utf8), cleaner.end()]).toString();
  const { originalCodePoints: originalLength, cleanedCodePoints: cleanedLength } = cleaner;
  return { text, originalLength, cleanedLength };
}

const MIN_BYTES = 200;
const STEP_BYTES = 7;

/** Texts of 200 bytes and more, no two the same: an answer to another request than one's own is a wrong one. */
export function knownTexts(count: number): Promise<KnownText[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => knownText(MIN_BYTES + n * STEP_BYTES, n + 1)));
}

/**
 * Holds an answer of REST against what is right, member by member.
 *
 * @returns what is wrong with it; undefined: nothing.
 */
export function wrongIn(answer: string, expected: Counted, requestId: string): string | undefined {
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(answer) as Record<string, unknown>;
  } catch {
    return 'it is not JSON';
  }
  // The contract lets an answer leave it out.
  const { message, unique_words = expected.uniqueWords, ...others } = members;
  const rest = { ...others, unique_words };
  const right = {
    status: 'success',
    request_id: requestId,
    word_count: expected.wordCount,
    report: expected.report,
    top_words: expected.topWords,
    unique_words: expected.uniqueWords,
  };
  return otherMembers(rest, right) ?? (typeof message === 'string' ? undefined : 'other message');
}

/** @returns the names of all that is not as it should be; undefined: all is. */
export function otherMembers(answer: Record<string, unknown>, right: Record<string, unknown>): string | undefined {
  if (isDeepStrictEqual(answer, right)) return undefined;
  const names = Object.keys({ ...right, ...answer });
  return `other ${names.filter((name) => !isDeepStrictEqual(answer[name], right[name])).join(', ')}`;
}
