import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { settings } from '@flotilla/contracts';
import { stages } from '@flotilla/topology';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIND_ADDRESS, compose, containersOf, docker, inspect, networksOf, ROOT } from './docker.js';
import { answerOf, at, logOf, send, statsOf } from './fleet.js';
import { waitFor } from './load.js';
import { composeFiles, containerName, processesOf } from './pipeline.js';

const names = processesOf('parallel').map(({ name }) => name);
const containers = names.map(containerName);

/**
 * From nothing to twenty healthy containers, their images being there: twice what it should take. It is printed, since a
 * machine that others use as well takes what it takes.
 */
const MAX_SECONDS_TO_HEALTHY = 30;
/** From SIGTERM to the end of a process that has nothing to do: FLOTILLA_DRAIN_DELAY_MS, and a second. */
const MAX_SECONDS_TO_STOP = Number(settings.drainDelayMs.default) / 1000 + 1;

let secondsToHealthy: number;

beforeAll(async () => {
  secondsToHealthy = await seconds(() => compose('parallel', ['up', '--detach', '--wait', '--no-build'], { env }));
  process.stdout.write(`parallel fleet healthy after ${secondsToHealthy.toFixed(1)} s\n`);
});
afterAll(async () => {
  await compose('parallel', ['down', '--remove-orphans']);
});

/** A setting of the caller, to see it arrive. */
const env = { FLOTILLA_MAX_BODY_BYTES: '1000000' };

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

describe('the parallel fleet', () => {
  test(`all of it is up and healthy within ${MAX_SECONDS_TO_HEALTHY} s`, async () => {
    expect(secondsToHealthy).toBeLessThan(MAX_SECONDS_TO_HEALTHY);
    expect(await containersOf('parallel')).toEqual([...containers].sort());
    const states = await docker(['inspect', '--format', '{{.State.Health.Status}}', ...containers]);
    expect(states.split('\n')).toEqual(containers.map(() => 'healthy'));
  });

  test('a request goes through one instance of each stage; its id is in their logs', async () => {
    const response = await send('The quick brown fox. The end.', 'docker-1');
    expect(response.headers.get('x-served-by')).toBe('service1a, service2a, service3a, service4a');
    expect(await answerOf(response)).toMatchObject({ request_id: 'docker-1', word_count: 6, status: 'success' });
    for (const name of ['service1a', 'service4a', 'service1-loadbalancer', 'service4-loadbalancer']) {
      await waitFor(`${name} logs the request`, async () => (await logOf(name)).includes('"request_id":"docker-1"'));
    }
    expect(await logOf('service1b')).not.toContain('docker-1');
  });

  test('requests are shared out evenly, and the stats add up', async () => {
    const before = await Promise.all(stages.map(({ number }) => statsOf(number)));
    for (let n = 0; n < 8; n++) expect((await send(`text ${n}`)).status).toBe(200);
    const after = await Promise.all(stages.map(({ number }) => statsOf(number)));
    for (const [index, { instances }] of stages.entries()) {
      const keys = instances.map(({ name, port }) => `${name}:${port}`);
      expect(after[index]?.instances).toEqual(keys);
      const requests = (key: string) => after[index]?.stats[key]?.requests ?? 0;
      expect(keys.map((key) => requests(key) - (before[index]?.stats[key]?.requests ?? 0))).toEqual([2, 2, 2, 2]);
      const { client_requests: clientRequests = -1, retries = 0 } = after[index]?.totals ?? {};
      expect(keys.reduce((sum, key) => sum + requests(key), 0)).toBe(clientRequests + retries);
    }
  });

  test('each instance answers on its own published port', async () => {
    for (const { instances, service } of stages) {
      for (const { port } of instances) {
        expect(await (await fetch(`${at(port)}/health`)).json()).toEqual({ status: 'healthy', service });
      }
    }
  });

  test('the client reaches the fleet by its host names', async () => {
    const client = ['run', '--rm', '--no-TTY', 'client'];
    const output = await compose('parallel', [...client, 'process', 'sample.txt', '--parallel', '4', '--json'], {
      env,
    });
    const { files } = JSON.parse(output);
    expect(files).toMatchObject([{ file: '/flotilla/datasets/sample.txt', word_count: 1445 }]);
    expect(await compose('parallel', [...client, 'stats'], { env })).toContain('Totals add up');
  });

  test('settings of the caller arrive, those that are not set do not', async () => {
    const variables = (await docker(['exec', containerName('service1a'), 'env'])).split('\n');
    expect(variables.filter((line) => line.startsWith('FLOTILLA_'))).toEqual(['FLOTILLA_MAX_BODY_BYTES=1000000']);
    expect((await send('x '.repeat(600_000))).status).toBe(413);
  });
});

describe('every container', () => {
  test('may do no more than it needs', async () => {
    const format = ['ReadonlyRootfs', 'CapDrop', 'SecurityOpt', 'RestartPolicy.Name', 'PidsLimit', 'Dns'];
    const line = format.map((field) => `{{json .HostConfig.${field}}}`).join(' ');
    const lines = (await docker(['inspect', '--format', line, ...containers])).split('\n');
    expect(new Set(lines)).toEqual(
      new Set(['true ["ALL"] ["no-new-privileges:true"] "unless-stopped" 64 ["127.0.0.1"]']),
    );
    const addresses = (await docker(['port', containerName('service1a')])).split('\n');
    expect(addresses).toEqual([`8051/tcp -> ${BIND_ADDRESS}:8051`]);
  });

  test('has a limit of memory, and all of them add up to what the file says', async () => {
    const limits = (await docker(['inspect', '--format', '{{.HostConfig.Memory}}', ...containers]))
      .split('\n')
      .map(Number);
    expect(Math.min(...limits)).toBeGreaterThan(0);
    const total = limits.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 30;
    const file = await readFile(path.join(ROOT, composeFiles.parallel), 'utf8');
    expect(file).toContain(`Memory limits of all of them together: ${total} GiB.`);
  });
});

describe('at the end', () => {
  test('a process that has nothing to do stops a second after it has drained, with exit code 0', async () => {
    const container = containerName('service2c');
    expect(await seconds(() => docker(['stop', container]))).toBeLessThan(MAX_SECONDS_TO_STOP);
    expect(await inspect(container, '.State.ExitCode')).toBe('0');
  });

  test('down leaves no container and no network', async () => {
    expect(await networksOf('parallel')).toEqual(['rest-network']);
    await compose('parallel', ['down']);
    expect(await containersOf('parallel')).toEqual([]);
    expect(await networksOf('parallel')).toEqual([]);
    await compose('parallel', ['down']);
  });
});
