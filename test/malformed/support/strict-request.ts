/** One request as the strict reader found it. Text is Latin-1: one character per byte. */
export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  /** In the order in which they came; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

/** What the bytes so far amount to: a request and what follows it, or the beginning of one. */
export type Reading = { readonly request: StrictRequest; readonly rest: string } | 'incomplete';

/** Why bytes are no request that every reader of RFC 9112 takes in the same way. */
export class Violation extends Error {}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\/[!$-;=?-Z_a-z~@[\]]*) HTTP\/1\.1$/;
const FIELD_LINE =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\x20-\x7e\t\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;
const HOST = /^(?:[0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/;
const LENGTH = /^(?:0|[1-9][0-9]{0,14})$/;
const CHUNK_SIZE = /^[0-9a-f]{1,8}$/i;

/** Fields that decide where a message ends, which host it is for, or how it is read: RFC 9110, 6.5.1. */
const NEVER_IN_TRAILERS = new Set([
  'content-length',
  'transfer-encoding',
  'host',
  'content-type',
  'connection',
  'expect',
  'te',
  'trailer',
]);
const AT_MOST_ONCE = ['host', 'content-length', 'transfer-encoding', 'content-type', 'x-request-id', 'idempotency-key'];

/**
 * Reads one request more strictly than RFC 9112 asks of a recipient: what it takes has one meaning for every reader.
 * It shares no code with the balancer, nor with Node.
 *
 * @throws Violation
 */
export function readStrictly(bytes: string): Reading {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return 'incomplete';
  const [requestLine = '', ...lines] = bytes.slice(0, headEnd).split('\r\n');
  const [, method, target] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) throw new Violation(`request line ${JSON.stringify(requestLine)}`);
  const headers = lines.map(readField);
  checkHead(headers);
  const content = readContent(bytes.slice(headEnd + 4), headers);
  if (content === 'incomplete') return content;
  const { body, trailers, rest } = content;
  return { request: { method, target, headers, body, trailers }, rest };
}

function readField(line: string): [string, string] {
  const [, name, value] = FIELD_LINE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Violation(`field line ${JSON.stringify(line)}`);
  return [name.toLowerCase(), value];
}

function checkHead(headers: readonly (readonly [string, string])[]): void {
  for (const name of AT_MOST_ONCE) {
    if (valuesOf(headers, name).length > 1) throw new Violation(`more than one ${name}`);
  }
  const [host] = valuesOf(headers, 'host');
  if (host === undefined || !HOST.test(host)) throw new Violation(`host ${JSON.stringify(host)}`);
  for (const [name] of headers) {
    if (/^(content|transfer)_/.test(name)) throw new Violation(`a name that some read as ${name.replace('_', '-')}`);
  }
}

interface Content {
  readonly body: string;
  readonly trailers: readonly [string, string][];
  readonly rest: string;
}

function readContent(bytes: string, headers: readonly (readonly [string, string])[]): Content | 'incomplete' {
  const [length] = valuesOf(headers, 'content-length');
  const [coding] = valuesOf(headers, 'transfer-encoding');
  if (coding !== undefined) {
    if (length !== undefined) throw new Violation('both Content-Length and Transfer-Encoding');
    if (coding !== 'chunked') throw new Violation(`transfer coding ${JSON.stringify(coding)}`);
    return readChunks(bytes);
  }
  if (length === undefined) return { body: '', trailers: [], rest: bytes };
  if (!LENGTH.test(length)) throw new Violation(`content length ${JSON.stringify(length)}`);
  const end = Number(length);
  return bytes.length < end ? 'incomplete' : { body: bytes.slice(0, end), trailers: [], rest: bytes.slice(end) };
}

function readChunks(bytes: string): Content | 'incomplete' {
  const chunks: string[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return 'incomplete';
    const sizeLine = bytes.slice(at, lineEnd);
    if (!CHUNK_SIZE.test(sizeLine)) throw new Violation(`chunk size ${JSON.stringify(sizeLine)}`);
    const size = Number.parseInt(sizeLine, 16);
    const begin = lineEnd + 2;
    if (size === 0) return readTrailers(bytes, begin, chunks.join(''));
    if (bytes.length < begin + size + 2) return 'incomplete';
    if (bytes.slice(begin + size, begin + size + 2) !== '\r\n') throw new Violation('a chunk without its end');
    chunks.push(bytes.slice(begin, begin + size));
    at = begin + size + 2;
  }
}

function readTrailers(bytes: string, begin: number, body: string): Content | 'incomplete' {
  const trailers: [string, string][] = [];
  for (let at = begin; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return 'incomplete';
    if (lineEnd === at) return { body, trailers, rest: bytes.slice(at + 2) };
    const field = readField(bytes.slice(at, lineEnd));
    if (NEVER_IN_TRAILERS.has(field[0])) throw new Violation(`${field[0]} in the trailers`);
    trailers.push(field);
    at = lineEnd + 2;
  }
}

/** All values of a field. `name` is in lower case. */
export function valuesOf(headers: StrictRequest['headers'], name: string): string[] {
  return headers.filter(([each]) => each === name).map(([, value]) => value);
}
