import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortOffset, type LocalFleet, startFleet } from '@flotilla/runtime';
import {
  localPlacement,
  networkPlacement,
  pipeline,
  type StageRow,
  scrapeTargets,
  stageOf,
  stages,
} from '@flotilla/topology';
import { composeFile } from '@flotilla/topology/compose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Checkout } from './fifth-stage/checkout.js';

/** A stage that works on the cleaned text, before it is counted. */
const row = {
  number: 5,
  work: 'soften',
  route: '/soften',
  balancerPorts: [8110, 8111],
  instancePorts: [8112, 8113],
  bodyLimit: 'inner',
  outputType: 'text',
  keepsPlainText: false,
  requestSchema: 'TextRequest',
  idleTimeoutFor: 'none',
  memoryMiB: 384,
  summary: 'Makes every x an s.',
  rpc: { service: 'pipeline.SoftenService', methods: ['SoftenText'] },
} as const satisfies StageRow;

const PROTO = `service SoftenService {
  rpc SoftenText(TextRequest) returns (TextResponse);
}`;

const folder = {
  'service5-soften/src/main.ts': `import { runStage } from '@flotilla/stage';
import { buildApp, settings } from './app.js';

void runStage(5, settings, buildApp);
`,
  'service5-soften/src/app.ts': `import { buildRelayApp, relaySettingsOf, type StageDependencies } from '@flotilla/stage';
import { soften } from './soften.js';

export const settings = relaySettingsOf(5);

export function buildApp(dependencies: StageDependencies<typeof settings>) {
  return buildRelayApp(dependencies, { stage: 5, begin: soften });
}
`,
  'service5-soften/src/soften.ts': `import { type BeginRelay, textReader, textWriter } from '@flotilla/stage';

const X = 'x'.charCodeAt(0);
const S = 's'.charCodeAt(0);

export const soften: BeginRelay = ({ format, context }, next) => {
  const writer = textWriter(format, next, context);
  const reader = textReader(format, 'decoded', context, (bytes) => writer.text(bytes.map((byte) => (byte === X ? S : byte))));
  return {
    write: (chunk) => reader.write(chunk),
    end: () => {
      reader.end();
      writer.end();
    },
  };
};
`,
  // Every balancer is this line.
  'service5-loadbalancer/src/main.ts': `import { runBalancer } from '@flotilla/balancer';

void runBalancer(5);
`,
};

const table = stages.flatMap((stage) => (stage.number === 3 ? [stageOf(row), stage] : [stage]));
const definition = pipeline({ table });

describe('a fifth stage of the pipeline is one row, one folder, and its service in the .proto', () => {
  let fleet: LocalFleet;
  let checkout: Checkout;
  let portOffset: number;
  const stateDir = mkdtempSync(join(tmpdir(), 'flotilla-fifth-'));
  const at = (port: number) => `http://127.0.0.1:${port + portOffset}`;
  const post = (url: string, body: unknown) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  beforeAll(async () => {
    checkout = new Checkout();
    checkout.addRow(row, 3);
    checkout.addRpcService(PROTO);
    for (const [path, content] of Object.entries(folder)) checkout.write(path, content);
    checkout.bundle();
    portOffset = await freePortOffset(definition);
    fleet = await startFleet({ definition, portOffset, stateDir, root: checkout.root, readyTimeoutMs: 120_000 });
  });

  afterAll(async () => {
    await fleet?.stop();
    checkout[Symbol.dispose]();
    rmSync(stateDir, { recursive: true, force: true });
  });

  test('the fleet has its processes, and a text passes through it', async () => {
    expect(fleet.processes).toHaveLength(20 + 3);
    const answer = await post(`${at(8061)}/process`, { text: 'xix six Xis' });
    expect(await answer.json()).toMatchObject({ word_count: 3, unique_words: 1, top_words: [['sis', 3]] });
    expect(answer.headers.get('x-served-by')).toMatch(/^service1\w, service2\w, service5\w, service3\w, service4\w$/);
  });

  test('its balancer counts, and its service says of itself what the row says', async () => {
    const stats = (await (await fetch(`${at(8110)}/stats`)).json()) as { instances: string[] };
    expect(stats.instances).toEqual(['service5a:8112', 'service5b:8113']);
    const document = (await (await fetch(`${at(8112)}/openapi.json`)).json()) as { paths: Record<string, unknown> };
    expect(document.paths['/soften']).toMatchObject({ post: { summary: 'Makes every x an s.' } });
  });

  test('its calls of gRPC go through its balancer to its work', async () => {
    const answer = await post(`${at(8110)}/pipeline.SoftenService/SoftenText`, { text: 'x s' });
    expect(await answer.json()).toMatchObject({ status: 'success', wordCount: 2, uniqueWords: 1 });
  });

  test('compose follows: its images, its limits, and its dependencies', () => {
    const text = composeFile(pipeline({ table, balancers: 2 }), { passedOn: [], stopGraceSeconds: 37 });
    expect(text).toContain('image: flotilla-service5-soften\n  mem_limit: 384m');
    expect(text).toContain('container_name: rest-service5-loadbalancer2');
    const url = (n: number, port: number) =>
      `SERVICE${n}_URL: http://service${n}-loadbalancer:${port}\${COMPOSE_PROFILES:+,http://service${n}-loadbalancer2:`;
    // Service 2's four instances and the client call it; its two instances and the client call stage 3.
    expect(text.split(url(5, 8110)).length - 1).toBe(4 + 1);
    expect(text.split(url(3, 8063)).length - 1).toBe(2 + 1);
    expect(text).toContain('18 service instances and 5 balancers');
  });

  test('what Prometheus scrapes follows, here and in a network', () => {
    const targets = scrapeTargets(definition, localPlacement(definition, { portOffset }));
    expect(targets.map(({ targets: [target] }) => target)).toContain(`127.0.0.1:${8113 + portOffset}`);
    expect(scrapeTargets(definition, networkPlacement)).toContainEqual({
      targets: ['service5a:8112'],
      labels: { fleet: 'pipeline', group: 'service5', role: 'service', process: 'service5a' },
    });
  });
});
