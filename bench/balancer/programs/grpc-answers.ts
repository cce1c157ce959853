import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** How a connection of HTTP/2 begins (RFC 9113, section 3.4); no method of HTTP/1.1 begins so. */
const PREFACE_START = Buffer.from('PRI ');

/** Whether a connection whose first bytes these are speaks HTTP/2. */
export function isHttp2(firstBytes: Buffer): boolean {
  return firstBytes.subarray(0, PREFACE_START.length).equals(PREFACE_START);
}

/**
 * Answers every call with the same message and `grpc-status: 0` in its trailers, when it has come whole. One that has lost
 * bytes gets the status 400, which a load generator counts that knows nothing of gRPC.
 */
export function grpcAnswers(message: Buffer): { accept(socket: Socket): void } {
  const server: Http2Server = createServer();
  server.on('stream', (stream) => answer(stream, message));
  server.on('sessionError', (_error, session) => session?.destroy());
  return { accept: (socket) => void server.emit('connection', socket) };
}

function answer(stream: ServerHttp2Stream, message: Buffer): void {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  stream.on('error', () => stream.destroy());
  stream.on('end', () => {
    if (bytes !== message.length) {
      stream.respond({ ':status': 400 }, { endStream: true });
      return;
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(message);
  });
}
