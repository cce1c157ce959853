/** `http-proxy` over several upstreams, round robin: `node http-proxy.ts PORT UPSTREAM_PORT,…` */
import { Agent, createServer, type ServerResponse } from 'node:http';
import httpProxy from 'http-proxy';
import { endWithParent } from '../../measure/end-with-parent.ts';

const targets = (process.argv[3] ?? '').split(',').map((port) => `http://127.0.0.1:${port}`);
let next = 0;

endWithParent();
const proxy = httpProxy.createProxyServer({ agent: new Agent({ keepAlive: true }), xfwd: true });
proxy.on('error', (_error, _request, response: ServerResponse) => response.writeHead(502).end());
createServer((request, response) => {
  proxy.web(request, response, { target: targets[next++ % targets.length] as string });
}).listen(Number(process.argv[2]), '127.0.0.1');
