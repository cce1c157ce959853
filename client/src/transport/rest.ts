import { type Dispatcher, errors } from 'undici';
import { type Answer, readAnswer } from '../answer.js';
import type { CallOptions } from '../call.js';
import { type HttpOptions, JSON_TYPE, PLAIN_TEXT, post, type StreamedBody } from '../http.js';
import { textBody, wholeTextBody } from '../json-text.js';
import { runAutocannon } from './autocannon.js';
import type { ChunkRequest, LoadFigures, LoadRequest, MergedCounts, RepeatedText, Transport } from './transport.js';

/** REST over HTTP/1.1: a chunk is a plain text, or a JSON object where the plan says so. */
export class RestTransport implements Transport {
  readonly name = 'rest';
  readonly #dispatcher: Dispatcher;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  async sendChunk(url: string, request: ChunkRequest, call: CallOptions): Promise<Answer> {
    const { chunk, isTableWanted } = request;
    const query = isTableWanted ? '?include=frequencies' : '';
    try {
      return await post(url + query, chunkBody(request), chunk.requestId, this.#http(call), (answer) =>
        readAnswer(answer, isTableWanted),
      );
    } catch (error) {
      // The file was measured before; a body of another length means that it is being written to.
      throw error instanceof errors.RequestContentLengthMismatchError ? request.changed() : error;
    }
  }

  repeat(text: Uint8Array): RepeatedText {
    const body = wholeTextBody(text);
    return (url, requestId, call) =>
      post(url, body, requestId, this.#http(call), (answer) => readAnswer(answer, false));
  }

  async writeReport(url: string, counts: MergedCounts, requestId: string, call: CallOptions): Promise<string> {
    const { wordCount, uniqueWords, topWords } = counts;
    const analysis = { word_count: wordCount, unique_words: uniqueWords, top_words: topWords };
    const body = Buffer.from(JSON.stringify({ analysis, request_id: requestId }));
    const answer = await post(url, body, requestId, this.#http(call), (each) => readAnswer(each, false));
    return answer.report;
  }

  load(request: LoadRequest, call: CallOptions): Promise<LoadFigures> {
    return runAutocannon(request, wholeTextBody(request.text), call);
  }

  async close(): Promise<void> {
    // The connections are the owner's.
  }

  #http(call: CallOptions): HttpOptions {
    return { ...call, dispatcher: this.#dispatcher };
  }
}

function chunkBody({ chunk, slices }: ChunkRequest): StreamedBody {
  const contentLength = chunk.bodyBytes;
  if (!chunk.isJson) return { contentType: PLAIN_TEXT, contentLength, chunks: () => slices(true) };
  return { contentType: JSON_TYPE, contentLength, chunks: () => textBody(chunk.requestId, slices(false)) };
}
