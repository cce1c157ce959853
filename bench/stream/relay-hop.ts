/**
 * One hop of a relay that does no work: passes bytes to the next, and back. The last one has no next; it answers with
 * the length of the body when all of it has come.
 *
 *     node relay-hop.ts PORT [NEXT_PORT]
 */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { endWithParent } from '../measure/end-with-parent.ts';

const [port, next] = process.argv.slice(2).map(Number) as [number, number | undefined];

function pass(socket: Socket): void {
  const onward = connect({ host: '127.0.0.1', port: next as number, noDelay: true });
  socket.setNoDelay();
  socket.pipe(onward).pipe(socket);
  for (const [each, other] of [
    [socket, onward],
    [onward, socket],
  ] as const) {
    each.on('error', () => other.destroy());
  }
}

const last = createHttpServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => response.end(String(bytes)));
});

endWithParent();
(next === undefined ? last : createServer(pass)).listen(port, '127.0.0.1');
