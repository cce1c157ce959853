/**
 * Passes bytes between each connection and one of its own to the next upstream, and looks at nothing: what a hop costs
 * on Node before any work is done. `node relay.ts PORT UPSTREAM_PORT,…`
 */
import { connect, createServer } from 'node:net';
import { endWithParent } from '../../measure/end-with-parent.ts';

const ports = (process.argv[3] ?? '').split(',').map(Number);
let next = 0;

endWithParent();
createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: '127.0.0.1', port: ports[next++ % ports.length] as number, noDelay: true });
  client.on('data', (chunk) => upstream.write(chunk));
  upstream.on('data', (chunk) => client.write(chunk));
  for (const [each, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    each.on('error', () => each.destroy());
    each.on('close', () => other.destroy());
  }
}).listen(Number(process.argv[2]), '127.0.0.1');
