/**
 * Passes each stream of HTTP/2 on to the next upstream with node:http2, and looks at nothing: what a hop costs there
 * before any work is done. `node http2-relay.ts PORT UPSTREAM_PORT,…`
 */
import { type ClientHttp2Session, connect, createServer, type OutgoingHttpHeaders } from 'node:http2';
import { endWithParent } from '../../measure/end-with-parent.ts';

const ports = (process.argv[3] ?? '').split(',').map(Number);
const sessions = new Map<number, ClientHttp2Session>();
let next = 0;

function nextSession(): ClientHttp2Session {
  const port = ports[next++ % ports.length] as number;
  const open = sessions.get(port);
  if (open && !open.closed && !open.destroyed) return open;
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => session.destroy());
  sessions.set(port, session);
  return session;
}

endWithParent();
const server = createServer();
server.on('sessionError', (_error, session) => session?.destroy());
server.on('stream', (stream, headers) => {
  const upstream = nextSession().request(headers as OutgoingHttpHeaders);
  let trailers: OutgoingHttpHeaders = {};
  stream.on('data', (chunk) => upstream.write(chunk));
  stream.on('end', () => upstream.end());
  upstream.on('response', (answer) => stream.respond(answer as OutgoingHttpHeaders, { waitForTrailers: true }));
  upstream.on('data', (chunk) => stream.write(chunk));
  upstream.on('trailers', (fields) => {
    trailers = fields as OutgoingHttpHeaders;
  });
  upstream.on('end', () => stream.end());
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  for (const [each, other] of [
    [stream, upstream],
    [upstream, stream],
  ] as const) {
    each.on('error', () => each.destroy());
    each.on('aborted', () => other.close());
  }
});
server.listen(Number(process.argv[2]), '127.0.0.1');
