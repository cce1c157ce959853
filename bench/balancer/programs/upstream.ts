/**
 * What stands behind every contender, as light as Node allows: reads a request whole, writes an answer made beforehand.
 * It speaks HTTP/1.1 and gRPC, as the first bytes of a connection have it.
 *
 *     node upstream.ts BODY_BYTES PORT,PORT…
 *
 * A POST whose body is not of that many bytes is answered with 400, so a proxy that loses some is found out.
 */
import { createServer, type Socket } from 'node:net';
import { endWithParent } from '../../measure/end-with-parent.ts';
import { HttpMessages } from '../../measure/http-messages.ts';
import { grpcPayload, payload } from '../payload.ts';
import { grpcAnswers, isHttp2 } from './grpc-answers.ts';

const [bodyBytes, ports] = [Number(process.argv[2]), (process.argv[3] ?? '').split(',').map(Number)];
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bodyBytes}\r\n\r\n${payload(bodyBytes)}`,
);
const refusal = Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
const grpc = grpcAnswers(grpcPayload(bodyBytes));

function serve(socket: Socket): void {
  socket.setNoDelay();
  socket.on('error', () => socket.destroy());
  // Both clients send what they begin with in one piece.
  socket.once('data', (first: Buffer) => {
    if (isHttp2(first)) {
      socket.pause();
      socket.unshift(first);
      grpc.accept(socket);
    } else serveHttp1(socket, first);
  });
}

function serveHttp1(socket: Socket, first: Buffer): void {
  const requests = new HttpMessages((head, body) => {
    const isWhole = !head.startsWith('POST ') || body.length === bodyBytes;
    socket.write(isWhole ? answer : refusal);
  });
  requests.write(first);
  socket.on('data', (chunk) => requests.write(chunk as Buffer));
}

endWithParent();
for (const port of ports) createServer(serve).listen(port, '127.0.0.1');
