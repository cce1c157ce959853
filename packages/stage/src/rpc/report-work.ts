import { setImmediate as nextTurn } from 'node:timers/promises';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { TOP_WORDS, type WordCount } from '@flotilla/contracts';
import { ReportRequestSchema, ReportResponseSchema, WordFrequencySchema } from '@flotilla/contracts/rpc';
import { malformed, type RpcCaller, type UnaryWork } from '@flotilla/http-server/rpc';
import { ReceiveBuffer } from '@flotilla/http2';
import { byRank, generateReport, type ReportFigures } from './report-method.js';
import type { StageCall } from './stage-call.js';

/** Gathers a request for a report, and has it written. */
export class ReportWork implements UnaryWork {
  readonly #call: StageCall;
  readonly #caller: RpcCaller;
  readonly #chunks = new ReceiveBuffer();

  constructor(call: StageCall, caller: RpcCaller) {
    this.#call = call;
    this.#caller = caller;
  }

  write(chunk: Buffer): boolean {
    this.#chunks.keep(chunk);
    return true;
  }

  async end(): Promise<Uint8Array> {
    const chunks = this.#chunks.takeAll();
    const [only] = chunks;
    const bytes = only && chunks.length === 1 ? only : Buffer.concat(chunks);
    const response = await generateReport(this.#call, this.#caller, await requestIn(bytes));
    return toBinary(ReportResponseSchema, create(ReportResponseSchema, response));
  }
}

/** Of the table, what is read in one turn of the event loop. */
const TURN_ENTRIES = 10_000;

/**
 * Reads a request with as much of its table as a report shows. The whole of it would be an object for each entry, of which
 * there may be fifty millions.
 *
 * @throws ConnectError
 */
async function requestIn(bytes: Buffer): Promise<ReportFigures> {
  try {
    const { wordFrequencies: table, ...others } = ReportRequestSchema.field;
    const known = new Set(Object.values(others).map(({ number }) => number));
    // The last of each counts.
    const fields = new Map<number, Uint8Array>();
    const reader = new BinaryReader(bytes);
    const top: WordCount[] = [];
    let turnEntries = 0;
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [number, wireType] = reader.tag();
      if (number === table.number) {
        const { word, count } = fromBinary(WordFrequencySchema, reader.bytes(), { readUnknownFields: false });
        addTo(top, [word, count]);
        if (++turnEntries % TURN_ENTRIES === 0) await nextTurn();
      } else {
        reader.skip(wireType, number);
        if (known.has(number)) fields.set(number, bytes.subarray(start, reader.pos));
      }
    }
    const { totalWords, uniqueWords, requestId } = fromBinary(ReportRequestSchema, Buffer.concat([...fields.values()]));
    return {
      totalWords,
      uniqueWords,
      requestId,
      wordFrequencies: top.map(([word, count]) => ({ word, count })),
    };
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

/** @param top - The first so far, in their order. */
function addTo(top: WordCount[], entry: WordCount): void {
  const last = top[TOP_WORDS - 1];
  if (last && byRank(entry, last) >= 0) return;
  top.push(entry);
  top.sort(byRank);
  if (top.length > TOP_WORDS) top.pop();
}
