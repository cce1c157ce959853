import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlotillaError, type ProblemCode, problemBody } from '@flotilla/contracts';
import { renderReport } from '@flotilla/text';
import type { FleetAddresses } from '../../src/addresses.js';
import { Target } from '../../src/target.js';

/** What a fake fleet does to one request instead of answering it. */
export type Fault =
  /** Cuts the connection before it answers. */
  | 'reset'
  /** Cuts the connection in the middle of its answer. */
  | 'reset-in-answer'
  /** Never answers. */
  | 'hang'
  | { readonly code: ProblemCode; readonly retryAfter?: string }
  /** Answers that there is one word more than there is. */
  | 'miscount'
  /** Answers consistently, but about a text without its first word. */
  | 'lose-a-word';

/** A request to `/process`, as it came. */
export interface Seen {
  readonly text: string;
  readonly requestId: string | undefined;
  readonly headerId: string | string[] | undefined;
  readonly bodyBytes: number;
}

/** A fleet in one small server, which counts in the most obvious way. */
export class FakeFleet implements AsyncDisposable {
  /** What befalls the next requests to `/process`, in their order. */
  readonly faults: Fault[] = [];
  readonly seen: Seen[] = [];
  readonly origin: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<FakeFleet> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fleet = new FakeFleet(server);
    // A client that gives up in the middle of its body is part of the game.
    server.on('request', (request, response) => fleet.#handle(request, response).catch(() => response.destroy()));
    return fleet;
  }

  get addresses(): FleetAddresses {
    return addressesOf(this.origin);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const body = await bodyOf(request);
    if (url.pathname === '/process') this.#process(url, body, request, response);
    else if (url.pathname === '/report') answer(response, reportAnswer(JSON.parse(body.toString()).analysis));
    else if (url.pathname === '/health') answer(response, { status: 'healthy', service: 'service1' });
    else fail(response, 'FLT_ROUTE_NOT_FOUND');
  }

  #process(url: URL, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const isJson = request.headers['content-type'] === 'application/json';
    const given = isJson
      ? JSON.parse(body.toString())
      : { text: body.toString(), request_id: request.headers['x-request-id'] };
    const { text, request_id: requestId } = given;
    this.seen.push({ text, requestId, headerId: request.headers['x-request-id'], bodyBytes: body.length });
    const fault = this.faults.shift();
    if (fault === 'hang') return;
    if (fault === 'reset') response.destroy();
    else if (typeof fault === 'object') fail(response, fault.code, fault.retryAfter, requestId);
    else this.#count(text, url, response, fault);
  }

  #count(text: string, url: URL, response: ServerResponse, fault: Fault | undefined): void {
    const table = naiveCount(fault === 'lose-a-word' ? text.replace(/^\s*\S+/, '') : text);
    const result = { ...reportAnswer(naiveAnalysis(table)), ...withTable(table, url) };
    if (fault === 'miscount') result.word_count++;
    response.setHeader('x-served-by', 'service1a, service2b, service3c, service4d');
    if (fault === 'reset-in-answer') breakOff(response, JSON.stringify(result));
    else answer(response, result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A fleet that stands at several addresses. */
export function addressesOf(...origins: readonly string[]): FleetAddresses {
  const at = (route: string) => new Target(origins.map((origin) => origin + route));
  return { process: at('/process'), report: at('/report'), balancers: [] };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function withTable(table: Map<string, number>, url: URL): object {
  if (url.searchParams.get('include') !== 'frequencies') return {};
  return { unique_words: table.size, word_frequencies: Object.fromEntries(table) };
}

/** The contract's words, by the contract's own sentences. */
export function naiveCount(text: string): Map<string, number> {
  const cleaned = text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\s]/gu, '');
  const table = new Map<string, number>();
  for (const word of cleaned.split(/\s+/)) if (word) table.set(word, (table.get(word) ?? 0) + 1);
  return table;
}

interface NaiveAnalysis {
  readonly word_count: number;
  readonly unique_words: number;
  readonly top_words: readonly (readonly [string, number])[];
}

function naiveAnalysis(table: Map<string, number>): NaiveAnalysis {
  const byCodePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const sorted = [...table].toSorted(([a, m], [b, n]) => n - m || byCodePoints(a, b));
  return {
    word_count: [...table.values()].reduce((total, count) => total + count, 0),
    unique_words: table.size,
    top_words: sorted.slice(0, 10),
  };
}

/** The report that the fake fleet writes about a text. */
export function naiveReport(text: string): string {
  return reportAnswer(naiveAnalysis(naiveCount(text))).report;
}

function reportAnswer({ word_count, unique_words, top_words }: NaiveAnalysis) {
  const report = renderReport({ wordCount: word_count, uniqueWords: unique_words, topWords: top_words });
  return { status: 'success', message: 'done', word_count, report, top_words };
}

function answer(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

function fail(response: ServerResponse, code: ProblemCode, retryAfter?: string, requestId?: string): void {
  const problem = problemBody(new FlotillaError(code), requestId);
  if (retryAfter) response.setHeader('retry-after', retryAfter);
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

function breakOff(response: ServerResponse, whole: string): void {
  response.setHeader('content-length', Buffer.byteLength(whole));
  response.write(whole.slice(0, whole.length / 2), () => response.destroy());
}
