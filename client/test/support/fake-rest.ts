import type { IncomingMessage, ServerResponse } from 'node:http';
import { FlotillaError, type ProblemCode, problemBody } from '@flotilla/contracts';
import type { Fault, Game } from './fake-fleet.js';
import { naiveAnalysis, naiveCount, reportAnswer } from './naive-count.js';

/** Answers a request of REST. */
export async function answerRest(game: Game, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fleet');
  const body = await bodyOf(request);
  if (url.pathname === '/process') process(game, url, body, request, response);
  else if (url.pathname === '/report') answer(response, reportAnswer(JSON.parse(body.toString()).analysis));
  else if (url.pathname === '/health') answer(response, { status: 'healthy', service: 'service1' });
  else fail(response, 'FLT_ROUTE_NOT_FOUND');
}

function process(game: Game, url: URL, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const headerId = request.headers['x-request-id'];
  const isJson = request.headers['content-type'] === 'application/json';
  const given = isJson ? JSON.parse(body.toString()) : { text: body.toString(), request_id: headerId };
  const { text, request_id: requestId } = given;
  game.seen.push({ way: 'rest', text, requestId, headerId, bodyBytes: body.length, pieces: [] });
  const fault = game.faults.shift();
  if (fault === 'hang') return;
  if (fault === 'reset') response.destroy();
  else if (typeof fault === 'object') fail(response, fault.code, fault.retryAfter, requestId);
  else count(text, url, response, fault);
}

function count(text: string, url: URL, response: ServerResponse, fault: Fault | undefined): void {
  const table = naiveCount(fault === 'lose-a-word' ? text.replace(/^\s*\S+/, '') : text);
  const result = { ...reportAnswer(naiveAnalysis(table)), ...withTable(table, url) };
  if (fault === 'miscount') result.word_count++;
  response.setHeader('x-served-by', 'service1a, service2b, service3c, service4d');
  if (fault === 'reset-in-answer') breakOff(response, JSON.stringify(result));
  else answer(response, result);
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
