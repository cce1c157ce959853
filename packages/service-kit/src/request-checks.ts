import type { IncomingMessage } from 'node:http';
import { FlotillaError } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { refuseConnection } from './connection-errors.js';

/**
 * What Node's parser lets pass, and another hop may read in another way: where a request ends, or whom it is for.
 * Such a request goes nowhere, and its connection is closed.
 *
 * @returns Why it is refused, or undefined.
 */
export function refusal(request: IncomingMessage, maxHeaders: number): FlotillaError | undefined {
  if (request.rawHeaders.length > 2 * maxHeaders) {
    return new FlotillaError('FLT_HEADERS_TOO_LARGE', `A request may have ${maxHeaders} headers.`);
  }
  const reason = malformation(request);
  return reason === undefined
    ? undefined
    : new FlotillaError('FLT_MALFORMED_HTTP', reason, {}, { connection: 'close' });
}

function malformation(request: IncomingMessage): string | undefined {
  const { headers, rawHeaders, httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) return 'The request names no version of HTTP/1.';
  const isOld = httpVersionMinor === 0;
  if (headers.host === undefined && !isOld) return 'The request has no Host header.';
  if (hasTwoHosts(rawHeaders)) return 'The request has more than one Host header.';
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && isOld) return 'HTTP/1.0 has no Transfer-Encoding.';
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'Transfer-Encoding takes chunked.';
  if (headers.expect !== undefined && !isOld && headers.expect.toLowerCase() !== '100-continue') {
    return 'Expect takes 100-continue.';
  }
  return undefined;
}

/** Node keeps the first of several, without a word. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

/** Node answers an unknown `Expect` by an empty 417, and `CONNECT` by a closed connection; both get a problem. */
export function refuseWhatNodeRefuses(app: FastifyInstance): void {
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    refuseConnection(new FlotillaError('FLT_MALFORMED_HTTP', 'This is no proxy for CONNECT.'), socket);
  });
}
