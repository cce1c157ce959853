import type { Contender } from '../contender.ts';
import { h2loadVersion } from '../h2load.ts';
import { flotilla, flotillaFramework, flotillaGrpc, flotillaNodeServer } from './flotilla.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { ownProgram, packagedProxy } from './node-program.ts';

/** In the order of the table. */
export const contenders: readonly Contender[] = [
  flotilla,
  flotillaNodeServer,
  flotillaFramework,
  nginx,
  haproxy,
  packagedProxy('@fastify/http-proxy', 'fastify-http-proxy'),
  packagedProxy('http-proxy', 'http-proxy'),
  // The least that Node can do: it balances connections, and knows nothing of requests.
  ownProgram('bare relay', 'relay', nodeVersion),
  flotillaGrpc,
  // What node:http2 itself costs.
  ownProgram(
    'bare HTTP/2 relay',
    'http2-relay',
    async () => ((await h2loadVersion()) === undefined ? undefined : nodeVersion()),
    'gRPC',
  ),
];

async function nodeVersion(): Promise<string> {
  return process.version;
}
