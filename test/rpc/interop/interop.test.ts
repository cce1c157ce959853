import { afterAll, beforeAll, describe, test } from 'vitest';
import { openBalancer } from '../../../packages/balancer/test/fixtures.js';
import { cases } from './cases.js';
import { type Endpoint, openTestServer } from './test-service.js';

/** The ways to the test service. All must let each case pass. */
const servers: readonly { readonly name: string; readonly open: () => Promise<Endpoint> }[] = [
  { name: 'directly', open: openTestServer },
  { name: 'through a balancer', open: openBalancedServer },
];

/** A balancer in front of the test service. */
async function openBalancedServer(): Promise<Endpoint> {
  const server = await openTestServer();
  const { app, port } = await openBalancer([server.port]);
  const close = async () => {
    await app.close();
    await server.close();
  };
  return { port, close };
}

describe.each(servers)('gRPC interoperates $name', ({ open }) => {
  let server: Endpoint | undefined;

  beforeAll(async () => {
    server = await open();
  });

  afterAll(() => server?.close());

  test.each(cases)('$name', ({ run }) => run(server?.port ?? 0));
});
