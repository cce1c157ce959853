import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullestDefinitions, pipelineFleet } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/fleet/environment.js';
import { fleetContext } from '../../src/fleet/fleet-context.js';
import type { RuntimeChoice } from '../../src/fleet/runtime-name.js';
import { chooseRuntime } from '../../src/runtimes.js';
import { FixtureRoot } from '../fixture-root.js';
import { type Answers, COMPOSE, COMPOSE_MISSING, callsOf, ENGINE_OFF, ENGINE_ON, fakeDocker } from './fake-docker.js';

const fleet = pipelineFleet();

class Checkout extends FixtureRoot {
  constructor() {
    super();
    for (const { network } of fullestDefinitions(fleet)) writeFileSync(join(this.root, network.composeFile), '');
  }

  /** @param answers - of `docker`. Undefined: there is none. */
  async choose(choice: RuntimeChoice, answers: Answers | undefined, caller: Environment = {}): Promise<string> {
    const empty = join(this.root, 'empty');
    mkdirSync(empty, { recursive: true });
    const PATH = answers ? fakeDocker(this.root, answers) : empty;
    return (await chooseRuntime(fleetContext(fleet, this.root, choice, { PATH, ...caller }, () => {}))).name;
  }
}

const BOTH = { ...ENGINE_ON, ...COMPOSE };

describe('auto', () => {
  test.each<[string, Answers | undefined, string]>([
    ['engine and Compose answer: Docker', BOTH, 'docker'],
    ['the engine is off: local processes', { ...ENGINE_OFF, ...COMPOSE }, 'local'],
    ['an older docker that succeeds without an engine: local processes', { 'info ': {}, ...COMPOSE }, 'local'],
    ['Compose is missing: local processes', { ...ENGINE_ON, ...COMPOSE_MISSING }, 'local'],
    ['Compose is of version 1: local processes', { ...ENGINE_ON, 'compose version ': { out: '1.29.2' } }, 'local'],
    ['Compose is of a version that comes: Docker', { ...ENGINE_ON, 'compose version ': { out: 'v10.0.0' } }, 'docker'],
    ['there is no docker: local processes', undefined, 'local'],
  ])('%s', async (_name, answers, expected) => {
    using checkout = new Checkout();
    expect(await checkout.choose('auto', answers)).toBe(expected);
  });

  test('a fleet on other ports is one of local processes', async () => {
    using checkout = new Checkout();
    expect(await checkout.choose('auto', BOTH, { FLOTILLA_PORT_OFFSET: '1000' })).toBe('local');
  });

  test('without compose files Docker is not asked', async () => {
    using checkout = new FixtureRoot();
    const PATH = fakeDocker(checkout.root, BOTH);
    expect((await chooseRuntime(fleetContext(fleet, checkout.root, 'auto', { PATH }, () => {}))).name).toBe('local');
    expect(callsOf(checkout.root)).toBe('');
  });
});

test('local never asks Docker', async () => {
  using checkout = new Checkout();
  expect(await checkout.choose('local', BOTH)).toBe('local');
  expect(callsOf(checkout.root)).toBe('');
});

describe('docker', () => {
  test('engine and Compose answer: Docker', async () => {
    using checkout = new Checkout();
    expect(await checkout.choose('docker', BOTH)).toBe('docker');
  });

  test.each<[string, Answers | undefined, string]>([
    [
      'the engine is off',
      { ...ENGINE_OFF, ...COMPOSE },
      "Docker's engine does not answer (Cannot connect to the Docker daemon): start it, or take RUNTIME=local",
    ],
    [
      'Compose is missing',
      { ...ENGINE_ON, ...COMPOSE_MISSING },
      'Compose v2 is missing (`docker compose version` does not name it): install the plugin docker-compose, or take RUNTIME=local',
    ],
    [
      'both are',
      { ...ENGINE_OFF, ...COMPOSE_MISSING },
      "Docker's engine does not answer (Cannot connect to the Docker daemon), and Compose v2 is missing " +
        '(`docker compose version` does not name it): start the one and install the other, or take RUNTIME=local',
    ],
    ['there is no docker', undefined, 'there is no docker command: install Docker, or take RUNTIME=local'],
  ])('%s: one line says so, and what helps', async (_name, answers, message) => {
    using checkout = new Checkout();
    await expect(checkout.choose('docker', answers)).rejects.toThrow(
      expect.objectContaining({ name: 'FleetError', message }),
    );
  });

  test('on other ports: says that it cannot', async () => {
    using checkout = new Checkout();
    const chosen = checkout.choose('docker', BOTH, { FLOTILLA_PORT_OFFSET: '1000' });
    await expect(chosen).rejects.toThrow('the ports under Docker are fixed');
  });
});
