import { create, toBinary } from '@bufbuild/protobuf';
import { ReportRequestSchema } from '@flotilla/contracts/rpc';
import type { RpcCaller } from '@flotilla/http-server/rpc';
import { expect, test } from 'vitest';
import { generateReport } from '../src/rpc/report-method.js';
import { ReportWork } from '../src/rpc/report-work.js';
import type { StageCall } from '../src/rpc/stage-call.js';

const CALLER = {} as RpcCaller;
const MIB = 1024 * 1024;

/** A stage that tells what it was asked. */
function stage() {
  const asked: unknown[] = [];
  const call: StageCall = async (_caller, { body, requestId }) => {
    asked.push({ body: Buffer.concat(body as Buffer[]).toString(), requestId });
    return { status: 'success', message: '', word_count: 0, top_words: [], report: 'a report', request_id: '' };
  };
  return { asked, call };
}

async function work(call: StageCall, bytes: Uint8Array) {
  const reading = new ReportWork(call, CALLER);
  reading.write(Buffer.from(bytes));
  return reading.end();
}

test('of a long table the same words are taken as of one that is read whole', async () => {
  const wordFrequencies = Array.from({ length: 35_000 }, (_, n) => ({ word: `w${n}`, count: (n * 7919) % 1000 }));
  const request = create(ReportRequestSchema, {
    wordFrequencies,
    totalWords: 70_000,
    uniqueWords: 9,
    requestId: 'an-id',
  });
  const { asked, call } = stage();
  await work(call, toBinary(ReportRequestSchema, request));
  await generateReport(call, CALLER, request);
  expect(asked[0]).toEqual(asked[1]);
});

test('fields that are not known are let be, and of several of one the last counts', async () => {
  const first = toBinary(ReportRequestSchema, create(ReportRequestSchema, { totalWords: 1, requestId: 'one' }));
  const last = toBinary(ReportRequestSchema, create(ReportRequestSchema, { totalWords: 2, requestId: 'two' }));
  const { asked, call } = stage();
  await work(call, Buffer.concat([first, Buffer.from([0x98, 0x06, 0x01, 0x7b, 0x7c]), last]));
  expect(asked).toEqual([{ body: expect.stringContaining('"word_count":2'), requestId: 'two' }]);
});

test('a table of millions of entries takes the memory of those that count', async () => {
  const entries = Buffer.alloc(8 * MIB, Buffer.from([0x12, 0]));
  const { call } = stage();
  const before = process.memoryUsage().heapUsed;
  let highest = 0;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().heapUsed - before);
  }, 1);
  await work(call, entries);
  clearInterval(timer);
  // Four million objects would be 400 MB.
  expect(highest).toBeLessThan(200 * MIB);
});

test.each([
  ['an entry that is cut off', Buffer.from([0x12, 9, 0x0a])],
  ['no field', Buffer.from([0x07])],
  ['a number that never ends', Buffer.alloc(20, 0xff)],
])('%s is no message', async (_what, bytes) => {
  await expect(work(stage().call, bytes)).rejects.toThrow('parse binary');
});
