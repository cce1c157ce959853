import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NODE_OPTIONS, programOf } from '@flotilla/topology';
import type { Contender } from '../contender.ts';
import { h2loadVersion } from '../h2load.ts';
import { startNode } from './node-program.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = 'service1-loadbalancer';

/** The balancer of stage 1 as it stands, with its defaults. */
export const flotilla: Contender = {
  name: 'flotilla',
  protocol: 'HTTP/1.1',
  log: 'a line of JSON each, written in batches',
  isJitCompiled: true,
  version: ownVersion,
  start(place) {
    const instances = place.upstreamPorts.map(
      (port, index) => `service1${'abcdefgh'[index]}:${port}=127.0.0.1:${port}`,
    );
    return startNode('flotilla', place, [...NODE_OPTIONS, join(ROOT, programOf(FOLDER))], {
      SERVICE_PORT: String(place.port),
      SERVICE1_INSTANCES: instances.join(','),
    });
  },
};

/** The same, by the two slower ways in: an escape in the query is read by Node's server, one in the path by the framework. */
export const flotillaNodeServer: Contender = { ...flotilla, name: 'flotilla by node:http', path: '/process?x=%41' };
export const flotillaFramework: Contender = { ...flotilla, name: 'flotilla by fastify', path: '/proces%73' };

/** The same, asked in gRPC. */
export const flotillaGrpc: Contender = {
  ...flotilla,
  name: 'flotilla gRPC',
  protocol: 'gRPC',
  version: async () => ((await h2loadVersion()) === undefined ? undefined : ownVersion()),
};

async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, FOLDER, 'package.json'), 'utf8')) as { version: string };
  return version;
}
