import http from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { pino } from 'pino';
import { FastPath } from '../../../packages/http-server/src/http1/fast-path.js';
import type { FastPathExchange } from '../../../packages/http-server/src/http1/fast-path-exchange.js';
import { cutAt, cuts, latin1, mutated, mutations } from '../bytes.js';
import { MemorySocket, settled } from '../memory-socket.js';
import { fuzzTarget } from '../target.js';

/** What of a request its handler sees. */
type Seen = readonly [url: string, rawHeaders: readonly string[], body: string];

const first = fc.constantFrom(
  'POST /process HTTP/1.1',
  'POST /process?include=frequencies HTTP/1.1',
  'POST /process?a=%20 HTTP/1.1',
  'GET /stats HTTP/1.1',
  'POST /process HTTP/1.0',
);
const field = fc.constantFrom(
  'content-type: application/json',
  'accept: */*',
  'x-request-id: a-b',
  'x:\t\xe9 ',
  'connection: keep-alive',
  'expect: 100-continue',
  'te: trailers',
);
const body = fc.constantFrom('{}', '', '{"text":"a"}', 'POST /process HTTP/1.1\r\n\r\n');
const request = fc
  .tuple(first, fc.array(field, { maxLength: 3 }), body, fc.boolean())
  .map(([line, fields, text, isChunked]) => {
    const chunks = text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`;
    const [framing, framed] = isChunked
      ? ['transfer-encoding: chunked', `${chunks}0\r\n\r\n`]
      : [`content-length: ${text.length}`, text];
    return `${[line, 'host: h:8061', ...fields, framing].join('\r\n')}\r\n\r\n${framed}`;
  });
const MEANINGFUL = [
  ...'\r\n:; \t\0\x7f\x80%?#',
  '\r\n',
  '\r\n\r\n',
  'content-length: 2\r\n',
  'Content-Length: 02\r\n',
  'transfer-encoding: chunked\r\n',
  'host: h\r\n',
  'connection: close\r\n',
  'upgrade: h2c\r\n',
  ' folded\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];
const inputs = fc
  .tuple(fc.array(request, { minLength: 1, maxLength: 3 }), mutations(MEANINGFUL), cuts)
  .map(([requests, changes, places]) => ({ bytes: mutated(latin1(requests.join('')), changes), places }));

/** Requests through the fast path, with Node's server after it, beside Node's server alone. */
export const requestHeads = fuzzTarget('requests beside Node’s server', inputs, async ({ bytes, places }) => {
  // What begins as HTTP/2 is not for a server of HTTP/1.1.
  if (bytes.toString('latin1').startsWith('PRI')) return false;
  let requests = 0;
  for (const pieces of [[bytes], cutAt(bytes, places)]) {
    const [node, ours] = await Promise.all([serve(pieces, false), serve(pieces, true)]);
    requests += node.length;
    if (isDeepStrictEqual(...compared(ours, node, bytes))) continue;
    throw new Error(`of ${pieces.length} pieces, ours: ${JSON.stringify(ours)}; Node’s: ${JSON.stringify(node)}`);
  }
  return requests > 0;
});

/** How long Node keeps a connection behind a request of HTTP/1.0 depends on when its bytes come: only what both saw counts. */
function compared(ours: readonly Seen[], node: readonly Seen[], bytes: Buffer): [readonly Seen[], readonly Seen[]] {
  const common = bytes.includes('HTTP/1.0') ? Math.min(ours.length, node.length) : Number.POSITIVE_INFINITY;
  return [ours.slice(0, common), node.slice(0, common)];
}

const MAX_TURNS = 200;
const QUIET_TURNS = 8;
const LIMIT = { maxBytes: 100_000, setting: 'none' };

/** Which whole requests are seen of what comes on one connection. */
async function serve(pieces: readonly Buffer[], isOnFastPath: boolean): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    let got = '';
    request.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')));
    request.on('end', () => {
      seen.push([request.url as string, request.rawHeaders, got]);
      response.end('ok');
    });
  });
  // What stood before the fault is whole, and seen first.
  server.on('clientError', (_error, socket) => setImmediate(() => socket.destroy()));
  const answer = (exchange: FastPathExchange) => answerDirectly(exchange, seen);
  const route = { method: 'POST', path: '/process', handler: () => Promise.resolve() } as const;
  const plain = { routes: new Map([[route.path, route]]), maxHeaders: 100, maxHeaderBytes: 16_384 };
  const options = {
    plain,
    keepAliveMs: 60_000,
    headersTimeoutMs: 60_000,
    acceptHttp2: () => {},
    isDraining: () => false,
    logger: pino({ enabled: false }),
  };
  const lane = isOnFastPath ? new FastPath(server, { ...options, answer }) : undefined;
  const socket = new MemorySocket();
  server.emit('connection', socket.asSocket);
  for (const chunk of pieces) {
    socket.arrive(chunk);
    await settled(1);
  }
  // What is whole by now is answered first.
  await settled(QUIET_TURNS);
  socket.finish();
  for (let turn = 0; turn < MAX_TURNS && !socket.destroyed; turn++) await settled(1);
  lane?.close();
  socket.destroy();
  server.emit('close');
  return seen;
}

function answerDirectly(exchange: FastPathExchange, seen: Seen[]): void {
  let got = '';
  exchange.receive(LIMIT, {
    chunk: (chunk) => {
      got += chunk.toString('latin1');
      return true;
    },
    end: () => {
      seen.push([exchange.url, exchange.rawHeaders, got]);
      exchange.send(200, [], 'ok');
    },
    fail: (error) => {
      throw error;
    },
  });
}
