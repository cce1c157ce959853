import { header, type PipelineResponse, wordCount } from '@flotilla/contracts';
import { JsonError, JsonReader, jsonShape } from '@flotilla/json';
import { CountTable, type TableLimits } from '@flotilla/text';
import { unusableAnswer } from './call.js';
import { type Answered, single } from './http.js';

/** What the fleet answered about one text. */
export interface Answer {
  readonly wordCount: number;
  readonly report: string;
  readonly topWords: PipelineResponse['top_words'];
  /** Every word with its count; only where it was asked for. */
  readonly table?: CountTable;
  /** The instances that worked on it, outermost first; empty where the fleet does not tell. */
  readonly servedBy: readonly string[];
}

const MIB = 1024 * 1024;
/** A whole number of JSON, and room. */
const MAX_NUMBER_BYTES = 64;
/** Ten words of the longest that a fleet can be told to take (64 MiB), lower-cased: what a report may hold. */
const MAX_REPORT_BYTES = 1024 * MIB;
export const MAX_WORD_BYTES = 128 * MIB;

/** The fleet judges how long words are and how many; the client merges what it took, as far as a table goes. */
export const tableLimits: TableLimits = { maxWordBytes: MAX_WORD_BYTES, maxUniqueWords: 33_000_000 };

const number = { kind: 'value', maxBytes: MAX_NUMBER_BYTES } as const;
const answerShape = jsonShape({
  status: number,
  word_count: number,
  unique_words: number,
  report: { kind: 'value', maxBytes: MAX_REPORT_BYTES },
  top_words: { kind: 'value', maxBytes: MAX_REPORT_BYTES },
  word_frequencies: { kind: 'counts', maxKeyBytes: MAX_WORD_BYTES },
});

/** Members of an answer as they came, by their names in JSON. */
export interface AnswerMembers {
  status?: unknown;
  word_count?: unknown;
  unique_words?: unknown;
  report?: unknown;
  top_words?: unknown;
}

/**
 * Reads an answer as it arrives; its frequencies go straight into a table.
 *
 * @param isTableWanted - Whether it was asked for with `?include=frequencies`.
 * @throws ClientError when it is not what the contract says, or contradicts itself.
 */
export async function readAnswer(answered: Answered, isTableWanted: boolean): Promise<Answer> {
  const members: AnswerMembers = {};
  const table = isTableWanted ? new CountTable(tableLimits) : undefined;
  let isTableThere = false;
  const reader = new JsonReader(answerShape, {
    status: (value) => (members.status = value),
    word_count: (value) => (members.word_count = value),
    unique_words: (value) => (members.unique_words = value),
    report: (value) => (members.report = value),
    top_words: (value) => (members.top_words = value),
    word_frequencies: {
      begin: () => (isTableThere = true),
      entry: (bytes, start, end, count) => table?.add(bytes, start, end, count),
    },
  });
  try {
    for await (const chunk of answered.body) reader.write(chunk);
    reader.end();
  } catch (error) {
    throw error instanceof JsonError ? unusableAnswer(error.message) : error;
  }
  if (isTableWanted && !isTableThere) throw unusableAnswer('it has no word_frequencies, which were asked for');
  return checkedAnswer(members, table, single(answered.headers[header.servedBy]));
}

/**
 * Makes an answer of what came, if it is all there and agrees with itself.
 *
 * @param servedBy - The header that names the instances, as it came.
 * @throws ClientError that says what is wrong.
 */
export function checkedAnswer(
  members: AnswerMembers,
  table: CountTable | undefined,
  servedBy: string | null | undefined,
): Answer {
  const { status, report, word_count: count, unique_words: unique } = members;
  const topWords = wordCount.array().safeParse(members.top_words);
  if (status !== 'success') throw unusableAnswer('its status is not "success"');
  if (typeof report !== 'string') throw unusableAnswer('it has no report');
  if (!isCount(count)) throw unusableAnswer('it has no word_count');
  if (!topWords.success) throw unusableAnswer('it has no top_words');
  if (table && (table.totalWords !== count || table.uniqueWords !== unique)) {
    throw unusableAnswer('its word_frequencies do not add up to its word_count and unique_words');
  }
  const answer = { wordCount: count, report, topWords: topWords.data, servedBy: instancesOf(servedBy) };
  return table ? { ...answer, table } : answer;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function instancesOf(servedBy: string | null | undefined): string[] {
  return (servedBy ?? '').split(',').flatMap((name) => name.trim() || []);
}
