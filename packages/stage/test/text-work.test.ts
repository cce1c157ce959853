import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CleanRequestSchema,
  CleanResponseSchema,
  TextRequestSchema,
  TextResponseSchema,
} from '@flotilla/contracts/rpc';
import type { InboundRequest } from '@flotilla/http-server';
import type { RpcCaller } from '@flotilla/http-server/rpc';
import { describe, expect, test } from 'vitest';
import type { StageCall } from '../src/rpc/stage-call.js';
import { cleanText, receiveText, type TextMethod } from '../src/rpc/text-methods.js';
import { TextWork } from '../src/rpc/text-work.js';

const LONG = 'two '.repeat(128 * 1024);
/** An id of no characters, as long as a flag. */
const EMPTY_ID = Buffer.from([0x12, 0x00]);
const FLAG = Buffer.from([0x18, 0x01]);

const idOf = (id: string) => Buffer.concat([Buffer.from([0x12, id.length]), Buffer.from(id)]);

/** A stage that tells when a text has started and when it was whole, and answers with all that it was asked for. */
function stage() {
  const started: string[] = [];
  const call: StageCall = async (_caller, { url, body, onGiven, onHandedOn }) => {
    started.push(url);
    const take = (bytes: Buffer) => {
      onGiven?.(bytes);
      onHandedOn?.(bytes);
      return true;
    };
    await taken(body as Pick<InboundRequest, 'receive'> | readonly Buffer[], take);
    const table = url.includes('frequencies') ? { word_frequencies: { two: LONG.length / 4 } } : {};
    return { status: 'success', message: '', word_count: 1, top_words: [], report: '', request_id: '', ...table };
  };
  return { started, call };
}

function taken(body: Pick<InboundRequest, 'receive'> | readonly Buffer[], take: (bytes: Buffer) => boolean) {
  return new Promise<void>((resolve, reject) => {
    if ('receive' in body) {
      body.receive({ maxBytes: Number.POSITIVE_INFINITY } as never, {
        chunk: take,
        end: () => resolve(),
        fail: reject,
      });
      return;
    }
    for (const chunk of body) take(chunk);
    resolve();
  });
}

/** Has a long text worked on, with something behind it. Its call's head brought the id `head`. */
async function work<Response extends DescMessage>(
  method: TextMethod<Response>,
  text: Uint8Array,
  behind: Buffer,
  isLengthKnown = true,
) {
  const { started, call } = stage();
  const caller = {
    exchange: { context: { requestId: 'head' } },
    signal: new AbortController().signal,
    remainingMs: () => undefined,
    setHeader: () => {},
  } as unknown as RpcCaller;
  const lengthBytes = isLengthKnown ? text.length + behind.length : undefined;
  const reading = new TextWork({ method, call, caller, lengthBytes, resume: () => {} });
  reading.write(Buffer.from(text));
  const early = [...started];
  reading.write(behind);
  return { early, started, answer: fromBinary(method.response, await reading.end()) };
}

describe('a table of words', () => {
  const text = toBinary(TextRequestSchema, create(TextRequestSchema, { text: LONG }));
  const frequencies = (answer: unknown) => (answer as { wordFrequencies: unknown[] }).wordFrequencies.length;

  test('that is asked for and not wanted is left out, and the text goes to the stage once', async () => {
    const { early, started, answer } = await work(receiveText, text, EMPTY_ID);
    expect(answer.$typeName).toBe(TextResponseSchema.typeName);
    expect([early, started, frequencies(answer)]).toEqual([started, ['/process?include=frequencies'], 0]);
  });

  test('that is wanted and was not asked for: the text goes to the stage once more', async () => {
    const { started, answer } = await work(receiveText, text, Buffer.concat([idOf('he'), FLAG]));
    expect([started, frequencies(answer)]).toEqual([['/process', '/process?include=frequencies'], 1]);
  });
});

describe('a cleaned text, whatever is behind the text, and however little is known of it', () => {
  const text = toBinary(CleanRequestSchema, create(CleanRequestSchema, { text: LONG }));
  const cases: [string, Buffer, boolean][] = [
    ['nothing', Buffer.alloc(0), true],
    ['an id of no characters', EMPTY_ID, true],
    ['the id of the head', idOf('head'), true],
    ['an id and a flag, as long as the id of the head', Buffer.concat([idOf('he'), FLAG]), false],
    ['a flag', FLAG, false],
    ['a flag, an id, and a flag that takes it back', Buffer.concat([FLAG, idOf('x'), Buffer.from([0x18, 0])]), true],
  ];

  test.each(cases)('%s: the text goes to the stage once, and as it comes', async (_name, behind, isWanted) => {
    for (const isLengthKnown of [true, false]) {
      const { early, started, answer } = await work(cleanText, text, behind, isLengthKnown);
      const { cleanedText, cleanedLength, $typeName } = answer;
      expect($typeName).toBe(CleanResponseSchema.typeName);
      expect([early, started.length, cleanedLength]).toEqual([started, 1, LONG.length]);
      expect(cleanedText === (isWanted ? LONG : '')).toBe(true);
    }
  });
});
