import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullestDefinitions, localPlacement, scrapeTargets } from '@flotilla/topology';
import { composeFile } from '@flotilla/topology/compose';
import { expect, onTestFinished, test } from 'vitest';
import { greetings } from './second-fleet/greetings.js';

const [fullest] = fullestDefinitions(greetings) as [ReturnType<typeof greetings.define>];
const text = composeFile(fullest, { passedOn: ['FLOTILLA_LOG_LEVEL'], stopGraceSeconds: 37 });
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

/** The lines of one service. */
function entry(name: string): string[] {
  const lines = text.slice(text.indexOf('\nservices:\n')).split('\n');
  const start = lines.indexOf(`  ${name}:`);
  const length = lines.slice(start + 1).findIndex((line) => /^ {0,2}\S/.test(line));
  return lines.slice(start + 1, start + 1 + length).map((line) => line.trim());
}

test('its compose file has its programs, each by its image and its host name', () => {
  expect(text).toMatch(/^name: flotilla-greetings$/m);
  expect(text).toContain('3 service instances and 1 balancer, with greeting-store; requests go to 8200.');
  expect(entry('greeter-balancer')).toEqual(
    expect.arrayContaining([
      'container_name: greetings-greeter-balancer',
      `GREETERS: greeter-a:8201,greeter-b:8202\${COMPOSE_PROFILES:+,greeter-c:8203}`,
      'GREETING_WORD:',
    ]),
  );
  // Its port is no SERVICE_PORT, which the check of all others asks for.
  expect(entry('greeter-a').join()).toContain('/dev/tcp/127.0.0.1/8201');
  expect(entry('greeter-c')).toContain('profiles: [third-greeter]');
  expect(entry('greeter-a')).toContain('COUNTER_URL: http://counter-a:8204');
});

test('what is not ours comes from its image, keeps its data outside, and is waited for where that is said', () => {
  expect(entry('greeting-store')).toEqual([
    '<<: *dependency',
    'image: example/store:1',
    'command: ["store", "60123", "/var/store"]',
    'mem_limit: 128m',
    'stop_signal: SIGTERM',
    'container_name: greetings-greeting-store',
    'hostname: greeting-store',
    `volumes: ['\${FLOTILLA_DATA_DIR:-./data}/greetings/greeting-store:/var/store']`,
    'healthcheck: { <<: *health, test: ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/60123"] }',
    `ports: ['\${BIND_ADDRESS:-127.0.0.1}:60123:60123']`,
    '',
  ]);
  expect(entry('counter-a')).toContain('greeting-store: { condition: service_healthy }');
  expect(entry('greeter-a').join()).not.toContain('depends_on');
});

test.skipIf(!hasCompose)('Compose reads it as it is meant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-greetings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'compose.yml');
  writeFileSync(file, text);
  const command = ['compose', '--file', file, '--profile', '*', 'config', '--format', 'json'];
  const { services } = JSON.parse(execFileSync('docker', command, { encoding: 'utf8' }));
  expect(Object.keys(services).sort()).toEqual(
    [...fullest.processes, ...fullest.dependencies].map(({ name }) => name).sort(),
  );
  expect(services['counter-a'].depends_on).toMatchObject({ 'greeting-store': { condition: 'service_healthy' } });
  expect(services['greeting-store'].healthcheck).toMatchObject({ start_interval: '1s', retries: 3 });
});

test('what Prometheus scrapes follows: every program of ours, where it is placed', () => {
  expect(scrapeTargets(fullest, localPlacement(fullest, { portOffset: 1000 }))).toEqual(
    expect.arrayContaining([
      {
        targets: ['127.0.0.1:9204'],
        labels: { fleet: 'greetings', group: 'counter', role: 'service', process: 'counter-a' },
      },
    ]),
  );
});
