import type { Socket } from 'node:net';
import type { Exchange, WireRequest } from './exchange.js';
import type { RawHeaders } from './headers.js';

/**
 * A body up to this size goes out behind its head as one string, a character a byte: Node writes a string of up to
 * 16 KiB from its stack, where a buffer would be memory outside of the heap that has to be collected.
 */
const MAX_STRING_BYTES = 14 * 1024;
/** One up to this size is copied behind its head, so that one write takes both; beyond it copying costs more. */
const MAX_JOINED_BYTES = 64 * 1024;

const CRLF = '\r\n';
const LAST_CHUNK = '0\r\n';

/**
 * Writes an exchange's request. A small one goes out in one write; a stream as fast as the instance takes it.
 *
 * @param onBroken - Told why the body broke off. What was written of it is not a whole request.
 */
export function writeRequest(socket: Socket, exchange: Exchange, onBroken: (error: unknown) => void): void {
  const { request } = exchange;
  const body = request.body();
  exchange.wasSent = true;
  if (body !== null && !(body instanceof Uint8Array)) {
    void stream(socket, exchange, body).catch(onBroken);
    return;
  }
  const trailers = request.trailers();
  if (trailers.length > 0 && body !== null) writeInChunks(socket, request, body, trailers);
  else writeWhole(socket, request, body);
  exchange.sentAtMs = performance.now();
}

function writeWhole(socket: Socket, request: WireRequest, body: Uint8Array | null): void {
  const head = formatHead(request, `content-length: ${body?.length ?? 0}`);
  if (body === null) {
    socket.write(head, 'latin1');
  } else if (body.length <= MAX_STRING_BYTES) {
    socket.write(head + latin1(body), 'latin1');
  } else if (body.length <= MAX_JOINED_BYTES) {
    const whole = Buffer.allocUnsafe(head.length + body.length);
    whole.write(head, 'latin1');
    whole.set(body, head.length);
    socket.write(whole);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function writeInChunks(socket: Socket, request: WireRequest, body: Uint8Array, trailers: RawHeaders): void {
  socket.cork();
  socket.write(formatHead(request, 'transfer-encoding: chunked'), 'latin1');
  writeChunk(socket, [body]);
  socket.write(formatEnd(trailers), 'latin1');
  socket.uncork();
}

async function stream(socket: Socket, exchange: Exchange, body: AsyncIterable<readonly Uint8Array[]>): Promise<void> {
  const { request } = exchange;
  const { contentLength } = request;
  const isChunked = contentLength === undefined;
  const framing = isChunked ? 'transfer-encoding: chunked' : `content-length: ${contentLength}`;
  socket.write(formatHead(request, framing), 'latin1');
  for await (const batch of body) {
    if (exchange.isOver) return;
    if (!(isChunked ? writeChunk(socket, batch) : writePieces(socket, batch))) await drained(socket);
    if (exchange.isOver) return;
  }
  if (isChunked) socket.write(formatEnd(request.trailers()), 'latin1');
  exchange.sentAtMs = performance.now();
}

/** One chunk of several pieces (RFC 9112, section 7.1), in one write. */
function writeChunk(socket: Socket, chunks: readonly Uint8Array[]): boolean {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.length;
  // One of no bytes would be the last.
  if (bytes === 0) return true;
  socket.cork();
  socket.write(bytes.toString(16) + CRLF, 'latin1');
  for (const chunk of chunks) socket.write(chunk);
  const hasRoom = socket.write(CRLF, 'latin1');
  socket.uncork();
  return hasRoom;
}

function writePieces(socket: Socket, chunks: readonly Uint8Array[]): boolean {
  socket.cork();
  let hasRoom = true;
  for (const chunk of chunks) hasRoom = socket.write(chunk);
  socket.uncork();
  return hasRoom;
}

/** Settles when more can be written, or never can. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve();
    };
    if (socket.destroyed) resolve();
    else socket.on('drain', settle).on('close', settle);
  });
}

/** @param framing - The field that frames the body. */
function formatHead(request: WireRequest, framing: string): string {
  const headers = request.headers();
  let head = `${request.method} ${request.path} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${head}${framing}\r\n\r\n`;
}

function formatEnd(trailers: RawHeaders): string {
  let end = LAST_CHUNK;
  for (let i = 0; i < trailers.length; i += 2) end += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
  return end + CRLF;
}
