/** `@fastify/http-proxy` over several upstreams, round robin: `node fastify-http-proxy.ts PORT UPSTREAM_PORT,…` */
import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';
import { endWithParent } from '../../measure/end-with-parent.ts';

const origins = (process.argv[3] ?? '').split(',').map((port) => `http://127.0.0.1:${port}`);
let next = 0;

endWithParent();
const app = Fastify();
// Its undici client keeps connections by itself.
await app.register(proxy, {
  upstream: '',
  replyOptions: { getUpstream: () => origins[next++ % origins.length] as string },
});
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
