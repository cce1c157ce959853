import type { MessageInitShape } from '@bufbuild/protobuf';
import type { CallOptions as RpcOptions } from '@connectrpc/connect';
import { header } from '@flotilla/contracts';
import type { TextChunkSchema } from '@flotilla/contracts/rpc';
import type { Answer } from '../answer.js';
import { type CallOptions, tryOnce, unusableAnswer } from '../call.js';
import { ClientError } from '../problems.js';
import { runClosedLoop } from './closed-loop.js';
import { type Answered, answerOf, frequenciesOf } from './rpc-answer.js';
import { type Connection, Connections, type Protocol } from './rpc-connections.js';
import { rpcProblem } from './rpc-problems.js';
import type { ChunkRequest, LoadFigures, LoadRequest, MergedCounts, RepeatedText, Transport } from './transport.js';

/**
 * gRPC or Connect: a chunk is a stream of messages, or a single one where the plan says that it goes whole. The
 * deadline of a try is kept here, as it is for REST, and not told to the fleet, which keeps its own.
 */
export class RpcTransport implements Transport {
  readonly name: Protocol;
  readonly #connections: Connections;

  constructor(protocol: Protocol) {
    this.name = protocol;
    this.#connections = new Connections(protocol);
  }

  async sendChunk(url: string, request: ChunkRequest, call: CallOptions): Promise<Answer> {
    const { chunk, isTableWanted } = request;
    const answered = await this.#ask(url, chunk.requestId, call, async ({ input, receiveBytes }, options) =>
      chunk.isJson
        ? receiveBytes({ ...wantsOf(request), text: await textOf(request) }, options)
        : input.receiveTextStream(messagesOf(request), options),
    );
    return answerOf(answered, isTableWanted);
  }

  repeat(text: Uint8Array): RepeatedText {
    return async (url, requestId, call) => {
      const answered = await this.#ask(url, requestId, call, ({ receiveBytes }, options) =>
        receiveBytes({ text, requestId }, options),
      );
      return answerOf(answered, false);
    };
  }

  async writeReport(url: string, counts: MergedCounts, requestId: string, call: CallOptions): Promise<string> {
    const { wordCount: totalWords, uniqueWords, topWords } = counts;
    const message = { requestId, totalWords, uniqueWords, wordFrequencies: frequenciesOf(topWords) };
    const { response } = await this.#ask(url, requestId, call, ({ report }, options) =>
      report.generateReport(message, options),
    );
    if (response.report === '') throw unusableAnswer('it has no report');
    return response.report;
  }

  load(request: LoadRequest, call: CallOptions): Promise<LoadFigures> {
    return runClosedLoop(request, this.repeat(request.text), call);
  }

  async close(): Promise<void> {
    this.#connections.close();
  }

  /** One call, its errors translated, with what its metadata say. */
  async #ask<Response>(
    url: string,
    requestId: string,
    call: CallOptions,
    send: (connection: Connection, options: RpcOptions) => Promise<Response>,
  ): Promise<Answered<Response>> {
    let servedBy: string | null = null;
    const onHeader = (headers: Headers) => {
      servedBy = headers.get(header.servedBy);
    };
    const work = (signal: AbortSignal) =>
      this.#connections.use(new URL(url).origin, (connection) =>
        send(connection, { signal, onHeader, headers: { [header.requestId]: requestId } }),
      );
    const response = await tryOnce(url, call, work, (error) => rpcProblem(error, url));
    return { response, servedBy };
  }
}

function wantsOf({ chunk: { requestId }, isTableWanted: includeFrequencies }: ChunkRequest) {
  return { requestId, includeFrequencies };
}

/** A slice from the disk each, made when the one before has left: so much is held and no more. */
async function* messagesOf(request: ChunkRequest): AsyncGenerator<MessageInitShape<typeof TextChunkSchema>> {
  let wants = wantsOf(request);
  // A message has its bytes copied when it is encoded, before the next slice is asked for.
  for await (const text of request.slices(false)) {
    yield { ...wants, text };
    wants = NOTHING_MORE;
  }
}

/** What the messages behind the first one say beside their text. */
const NOTHING_MORE = { requestId: '', includeFrequencies: false };

/** A text that goes in one message is held whole. A fleet takes a fifth of it. */
const MAX_WHOLE_BYTES = 512 * 1024 * 1024;

async function textOf({ chunk, slices }: ChunkRequest): Promise<Uint8Array> {
  if (chunk.end - chunk.start > MAX_WHOLE_BYTES) {
    throw new ClientError('a chunk is too long for one message', 'Leave --json-body out, or lower --max-body.');
  }
  const text = Buffer.allocUnsafe(chunk.end - chunk.start);
  let length = 0;
  for await (const slice of slices(false)) length += slice.copy(text, length);
  return text.subarray(0, length);
}
