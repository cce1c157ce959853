import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FlotillaError, PROBLEM_MEDIA_TYPE, problemBody } from '@flotilla/contracts';
import { noticeWhenGone } from '../message/half-closed.js';
import { isAnsweredEarly, LINGER_MS } from '../message/receive.js';
import { problemOfForeign } from './problem-responses.js';

const refused = new WeakSet<Duplex>();

/** The response that a connection is waiting for, if it is. Node keeps it there and nowhere else. */
export function responseUnderWay(socket: Socket): ServerResponse<IncomingMessage> | undefined {
  return (socket as Socket & { _httpMessage?: ServerResponse<IncomingMessage> | null })._httpMessage ?? undefined;
}

/** Has a server answer clients that have ended their side behind a whole request, as Node does where it is told so. */
export function answerHalfClosed(server: Server): void {
  // Node's types do not have it.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket: Socket) => {
    socket.once('end', () => {
      const response = responseUnderWay(socket);
      if (response) noticeWhenGone(socket, () => !response.headersSent && response.req.httpVersionMinor > 0);
    });
  });
}

/**
 * Answers what Node's parser refuses: Fastify's `clientErrorHandler`. The connection is closed, since where the next
 * request would begin is not known. A request whose body turns out to be malformed, or late, fails with that, and is
 * answered like any other; one that was whole before the nonsense gets its answer.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (refused.has(socket)) return;
  const response = responseUnderWay(socket);
  // Behind half an answer, or behind one that came before the body's end, a problem would look like part of it.
  if (error.code === 'ECONNRESET' || !socket.writable || response?.headersSent || isAnsweredEarly(socket)) {
    socket.destroy();
    return;
  }
  if (!response) {
    refuseConnection(problemOfHead(error), socket);
    return;
  }
  const problem = problemOfForeign(error) ?? new FlotillaError('FLT_MALFORMED_HTTP');
  response.setHeader('connection', 'close');
  const { req: request } = response;
  if (!request.complete && request.listenerCount('error') > 0) request.emit('error', problem);
}

/** What is wrong with a head, where for a body the same error means something else. */
function problemOfHead(error: NodeJS.ErrnoException): FlotillaError {
  if (error.code === 'HPE_INVALID_EOF_STATE') return endedInHead();
  return problemOfForeign(error) ?? new FlotillaError('FLT_MALFORMED_HTTP');
}

export function endedInHead(): FlotillaError {
  return new FlotillaError('FLT_MALFORMED_HTTP', 'The request ended within its head.');
}

/** Answers with a problem where there is no request that Fastify knows of, and closes the connection. */
export function refuseConnection(problem: FlotillaError, socket: Duplex): void {
  refused.add(socket);
  const content = problemBody(problem);
  const body = JSON.stringify(content);
  socket.end(
    `HTTP/1.1 ${content.status} ${content.title}\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // What still comes is read and dropped, so that the answer is not lost to a reset; but not for ever.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}
