import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { composeFile, imageName } from '../src/compose.js';
import { CLIENT_MIB, totalMemory } from '../src/compose-memory.js';
import {
  containerName,
  networkPlacement,
  type PipelineChoice,
  type PipelineMode,
  type PlacedProcess,
  type ProcessSpec,
  pipeline,
  placedProcesses,
  type Stage,
  stages,
  withInstance,
} from '../src/index.js';

const MODES: readonly PipelineMode[] = ['sequential', 'parallel'];
const options = { passedOn: ['FLOTILLA_LOG_LEVEL', 'FLOTILLA_TRY_TIMEOUT_MS'], stopGraceSeconds: 37 };

/** The lines of one service: from its name to the next thing that stands as far to the left. */
function entry(text: string, name: string): string[] {
  const lines = text.slice(text.indexOf('\nservices:\n')).split('\n');
  const start = lines.indexOf(`  ${name}:`);
  const length = lines.slice(start + 1).findIndex((line) => /^ {0,2}\S/.test(line) && !line.startsWith('  #'));
  return start < 0 ? [] : lines.slice(start + 1, start + 1 + length).map((line) => line.trim());
}

function folderOf(program: ProcessSpec['program']): string {
  if (program.kind !== 'node') throw new Error('it is no program of ours');
  return program.folder;
}

function inNetwork(choice: PipelineChoice = {}): PlacedProcess[] {
  return placedProcesses(pipeline(choice), networkPlacement);
}

describe.each(MODES)('the %s compose file', (mode) => {
  const fullest = pipeline({ mode, balancers: 2 });
  const text = composeFile(fullest, options);
  const { processes } = pipeline({ mode });
  const all = fullest.processes;

  test('has an entry for each process, by its host name', () => {
    for (const { name, ports, environment, program } of all) {
      const [{ number: port }] = ports;
      const folder = folderOf(program);
      const lines = entry(text, name);
      expect(lines).toContain(`<<: *${folder}`);
      expect(lines).toContain(`container_name: ${containerName(fullest, name)}`);
      expect(lines).toContain(`hostname: ${name}`);
      expect(lines).toContain(`ports: ['\${BIND_ADDRESS:-127.0.0.1}:${port}:${port}']`);
      expect(lines).toContain(`SERVICE_PORT: '${port}'`);
      for (const key of Object.keys(environment)) expect(lines.some((line) => line.startsWith(`${key}: `))).toBe(true);
    }
  });

  test('builds each image once', () => {
    const folders = [...new Set(processes.map(({ program }) => folderOf(program))), 'client'];
    const built = [...text.matchAll(/args: \{ SERVICE: ([\w-]+)/g)].map((match) => match[1]);
    expect(built).toEqual(folders);
    for (const folder of folders) expect(text).toContain(`image: ${imageName(folder)}\n`);
  });

  test('makes no process wait for another; the client waits for all', () => {
    for (const { name } of all) expect(entry(text, name).join()).not.toContain('depends_on');
    const client = entry(text, 'client');
    for (const { name } of processes) expect(client).toContain(`${name}: { condition: service_healthy }`);
  });

  test('passes on the settings that it is told, without a value of its own', () => {
    for (const name of options.passedOn) expect(text).toContain(`\n  ${name}:\n`);
    expect(text.match(/^ +FLOTILLA_\w+:/gm)).toHaveLength(options.passedOn.length);
  });

  test('has an anchor for every alias, and uses every anchor', () => {
    const names = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();
    expect(names(/<<: \*([\w-]+)/g)).toEqual(names(/: &([\w-]+)/g));
  });

  test('states the sum of the limits of memory', () => {
    const limitOf = (folder: string) => {
      const limit = new RegExp(`&${folder}\\n.*\\n.*\\n {2}mem_limit: (\\d+)m`).exec(text)?.[1];
      return Number(limit);
    };
    const sum = processes.reduce((total, { program }) => total + limitOf(folderOf(program)), 0);
    expect(sum).toBe(totalMemory(processes));
    expect(text).toContain(`Memory limits of all of them together: ${sum / 1024} GiB.`);
    const withProfile = all.reduce((total, { program }) => total + limitOf(folderOf(program)), 0);
    if (mode === 'parallel') expect(text).toContain(`know as well: ${withProfile / 1024} GiB together.`);
    expect(text).toContain(`mem_limit: ${CLIENT_MIB}m`);
  });

  test('is what is committed, but for the settings', () => {
    const committed = readFileSync(new URL(`../../../${fullest.network.composeFile}`, import.meta.url), 'utf8');
    const withoutSettings = (file: string) => file.replaceAll(/^ {2}FLOTILLA_\w+:\n/gm, '');
    expect(withoutSettings(committed)).toBe(withoutSettings(text));
  });
});

describe('the profile two-balancers', () => {
  const PROFILE = 'profiles: [two-balancers]';

  test('has the second balancers, which callers know only with that profile', () => {
    const text = composeFile(pipeline({ balancers: 2 }), options);
    for (const { name } of pipeline().processes) expect(entry(text, name)).not.toContain(PROFILE);
    const seconds = stages.flatMap(({ balancers }) => balancers.slice(1));
    const client = entry(text, 'client');
    for (const { name } of seconds) {
      expect(entry(text, name)).toContain(PROFILE);
      expect(client).toContain(`${name}: { condition: service_healthy, required: false }`);
    }
    const url = `http://service3-loadbalancer:8063\${COMPOSE_PROFILES:+,http://service3-loadbalancer2:8073}`;
    for (const caller of ['service2a', 'service2d', 'client']) {
      expect(entry(text, caller)).toContain(`SERVICE3_URL: ${url}`);
    }
  });

  test('is none of the sequential fleet', () => {
    expect(composeFile(pipeline({ mode: 'sequential', balancers: 2 }), options)).not.toMatch(
      /two-balancers|COMPOSE_PROFILES|loadbalancer/,
    );
  });
});

describe('a fleet in a network', () => {
  test('sequential: one container of each, which call each other on the ports of the stages', () => {
    expect(inNetwork({ mode: 'sequential' }).map(({ name, port, environment }) => [name, port, environment])).toEqual([
      ['service1a', 8061, { SERVICE_PORT: '8061', INSTANCE_ID: 'a', SERVICE2_URL: 'http://service2a:8062' }],
      ['service2a', 8062, { SERVICE_PORT: '8062', INSTANCE_ID: 'a', SERVICE3_URL: 'http://service3a:8063' }],
      ['service3a', 8063, { SERVICE_PORT: '8063', INSTANCE_ID: 'a', SERVICE4_URL: 'http://service4a:8064' }],
      ['service4a', 8064, { SERVICE_PORT: '8064', INSTANCE_ID: 'a' }],
    ]);
  });

  test('parallel: instances on their own ports call the next balancer, balancers their instances', () => {
    const fleet = inNetwork();
    expect(fleet).toHaveLength(20);
    expect(fleet.find(({ name }) => name === 'service2d')?.environment).toEqual({
      SERVICE_PORT: '8060',
      INSTANCE_ID: 'd',
      SERVICE3_URL: 'http://service3-loadbalancer:8063',
    });
    expect(fleet.find(({ name }) => name === 'service3-loadbalancer')?.environment).toEqual({
      SERVICE_PORT: '8063',
      INSTANCE_ID: '1',
      SERVICE3_INSTANCES: 'service3a:8053,service3b:8065,service3c:8067,service3d:8069',
    });
  });

  test('parallel with two balancers per stage: services know both', () => {
    const fleet = inNetwork({ balancers: 2 });
    expect(fleet).toHaveLength(24);
    expect(fleet.find(({ name }) => name === 'service1c')?.environment.SERVICE2_URL).toBe(
      'http://service2-loadbalancer:8062,http://service2-loadbalancer2:8072',
    );
    expect(fleet.find(({ name }) => name === 'service1-loadbalancer2')?.environment).toEqual({
      SERVICE_PORT: '8071',
      INSTANCE_ID: '2',
      SERVICE1_INSTANCES: 'service1a:8051,service1b:8055,service1c:8057,service1d:8059',
    });
  });

  test('a fifth instance is one more port: one more entry, of the same image, and its balancer knows it', () => {
    const table: Stage[] = stages.map((stage) => (stage.number === 3 ? withInstance(stage, 8101) : stage));
    const [before, after] = [stages, table].map((each) =>
      composeFile(pipeline({ table: each, balancers: 2 }), options),
    );
    if (!before || !after) throw new Error('there are no files');
    expect(entry(after, 'service3e')).toContain(`ports: ['\${BIND_ADDRESS:-127.0.0.1}:8101:8101']`);
    expect(entry(after, 'service3-loadbalancer').join()).toContain('service3d:8069,service3e:8101');
    expect(after.match(/build: /g)?.length).toBe(before.match(/build: /g)?.length);
    expect(after).toContain('17 service instances and 4 balancers');
  });
});
