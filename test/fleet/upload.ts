import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';

/** An answer that came whole. */
export interface UploadAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** The id of every upload's request. */
export const UPLOAD_ID = 'an-upload';

/** A text on its way, sent by hand: it can pause, end too early, or be left. */
export class Upload {
  /** Rejected if the connection breaks before an answer is whole. */
  readonly answer: Promise<UploadAnswer>;
  sentBytes = 0;
  readonly #request: http.ClientRequest;
  #isAnswered = false;

  /** @param contentLength - Its length; without one it is sent in chunks. */
  constructor(url: string, contentLength?: number, contentType = 'text/plain; charset=utf-8') {
    const headers: http.OutgoingHttpHeaders = { 'content-type': contentType, 'x-request-id': UPLOAD_ID };
    if (contentLength !== undefined) headers['content-length'] = contentLength;
    this.#request = http.request(url, { method: 'POST', headers, agent: false });
    this.answer = new Promise((resolve, reject) => {
      this.#request.on('error', reject);
      this.#request.on('response', (response) => {
        this.#isAnswered = true;
        const { statusCode: status = 0, headers } = response;
        text(response).then((body) => resolve({ status, headers, body }), reject);
      });
    });
    this.#request.flushHeaders();
    // A client that leaves does not wait for it.
    this.answer.catch(() => {});
  }

  /** Sends a piece, no faster than it is taken. What comes behind an answer is not sent. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isAnswered) return;
    this.sentBytes += bytes.length;
    if (!this.#request.write(bytes)) await Promise.race([once(this.#request, 'drain'), this.answer]);
  }

  /** Sends all pieces, or as many as there is no answer to. */
  async writeAll(pieces: Iterable<Uint8Array>): Promise<void> {
    for (const chunk of pieces) {
      if (this.#isAnswered) return;
      await this.write(chunk);
    }
  }

  end(): void {
    this.#request.end();
  }

  /** Sends no more, though the text has not ended; an answer can still come. */
  halfClose(): void {
    this.#request.socket?.end();
  }

  leave(): void {
    this.#request.destroy();
  }
}

/** The answer to a good text. */
export function expectCount({ status, body }: UploadAnswer, wordCount: number): void {
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ word_count: wordCount, request_id: UPLOAD_ID });
}

/** A problem, and nothing that could be taken for a report. */
export function expectProblem(
  { status, headers, body }: UploadAnswer,
  expected: { status: number; code: string },
): void {
  expect(body).not.toContain('word_count');
  expect(headers['content-type']).toContain('application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ ...expected, request_id: UPLOAD_ID });
  expect(status).toBe(expected.status);
}

/** The same piece, so many times. */
export function* repeated(chunk: Uint8Array, times: number): Generator<Uint8Array> {
  for (let n = 0; n < times; n++) yield chunk;
}

const DIGITS = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
const WORD_BYTES = 6;

/** So many different words of five digits in code-point order, from `00000` on, each with a space behind it. */
export function* differentWords(count: number): Generator<Uint8Array> {
  const wordsToPiece = 10_000;
  for (let first = 0; first < count; first += wordsToPiece) {
    const words = Math.min(wordsToPiece, count - first);
    const chunk = Buffer.alloc(words * WORD_BYTES, ' ');
    for (let n = 0; n < words; n++) writeDigits(chunk, n * WORD_BYTES, first + n);
    yield chunk;
  }
}

function writeDigits(chunk: Buffer, start: number, number: number): void {
  let rest = number;
  for (let at = start + WORD_BYTES - 2; at >= start; at--) {
    chunk[at] = DIGITS[rest % DIGITS.length] as number;
    rest = Math.floor(rest / DIGITS.length);
  }
}
