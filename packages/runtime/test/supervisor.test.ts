import { localProcesses, type PipelineMode, type PlacedProcess, pipeline, stages } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { shapeOf } from '../src/fleet/fleet-spec.js';
import type { Effects, EndSignal, Exit, Readiness, Spawned } from '../src/local/effects.js';
import { Supervisor } from '../src/local/supervisor.js';

/** A world without processes and without time: both do what the test says. */
class FakeEffects implements Effects {
  nowMs = 0;
  readonly log: string[] = [];
  readonly signals = new Set<EndSignal>();
  readonly notReady = new Set<string>();
  /** Names that do not end when asked to; the test ends them. */
  readonly slow = new Set<string>();
  readonly #ends = new Map<string, (exit: Exit) => void>();
  #timers: { atMs: number; then: () => void }[] = [];
  #nextPid = 1;

  spawn({ name }: PlacedProcess): Spawned {
    this.log.push(`spawn ${name}`);
    const { promise: exited, resolve } = Promise.withResolvers<Exit>();
    this.#ends.set(name, resolve);
    const terminate = (signal: EndSignal) => {
      this.signals.add(signal);
      this.log.push(`terminate ${name}`);
      if (!this.slow.has(name)) this.end(name, { code: 0, signal: null });
    };
    return { pid: this.#nextPid++, exited, terminate };
  }

  end(name: string, exit: Exit): void {
    this.#ends.get(name)?.(exit);
  }

  async askReadiness({ name }: PlacedProcess): Promise<Readiness> {
    return this.notReady.has(name) ? { ready: false, answer: '503' } : { ready: true, answer: '200' };
  }

  lastLines({ name }: PlacedProcess): string[] {
    return ['{"msg":"hello"}', `${name}: out of luck`];
  }

  after(delayMs: number, then: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  now(): number {
    return this.nowMs;
  }

  random(): number {
    return 1;
  }

  /** Lets time pass, timer by timer, and all that follows from each happen. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await settled();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = next.atMs;
      next.then();
      await settled();
    }
    this.nowMs = endMs;
  }
}

/** All promises that can settle without time passing have. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function fleet(mode: PipelineMode = 'sequential', held: string[] = [], balancers = 1) {
  const effects = new FakeEffects();
  const definition = pipeline({ mode, balancers });
  const processes = localProcesses(definition);
  const supervisor = new Supervisor({ ...shapeOf(definition), portOffset: 0, processes, held }, effects);
  const state = (name: string) => supervisor.status().processes.find((each) => each.name === name);
  return { effects, supervisor, state };
}

/** The last stage first, and of each stage its instances before its balancers. */
function calleesFirst(balancers: number): string[] {
  const stagesBackwards = [...stages].reverse();
  const names = stagesBackwards.flatMap((stage) => [...stage.instances, ...stage.balancers.slice(0, balancers)]);
  return names.map(({ name }) => `spawn ${name}`);
}

describe('a supervisor', () => {
  test('starts all at once, callees first, and tells when all are ready', async () => {
    const { effects, supervisor, state } = fleet('parallel');
    supervisor.start();
    expect(effects.log).toEqual(calleesFirst(1));
    const ready = supervisor.awaitReady(30_000);
    expect(state('service1a')?.state).toBe('starting');
    await effects.pass(100);
    expect(await ready).toBeUndefined();
    expect(supervisor.status().processes.every((each) => each.state === 'ready')).toBe(true);
  });

  test('says which process is not ready at the deadline, and what it answered', async () => {
    const { effects, supervisor } = fleet();
    effects.notReady.add('service2a');
    supervisor.start();
    const ready = supervisor.awaitReady(30_000);
    await effects.pass(29_999);
    await expect(Promise.race([ready, 'still waiting'])).resolves.toBe('still waiting');
    await effects.pass(1);
    expect(await ready).toMatchObject({
      name: 'service2a',
      reason: 'not ready after 30 s (GET http://127.0.0.1:8062/health/ready: 503)',
    });
  });

  test('says at once which process died before it was ready, why, and its last lines', async () => {
    const { effects, supervisor } = fleet();
    supervisor.start();
    const ready = supervisor.awaitReady(30_000);
    effects.end('service3a', { code: 1, signal: null });
    expect(await ready).toEqual({
      name: 'service3a',
      reason: 'exited with code 1: service3a: out of luck',
      lastLines: ['{"msg":"hello"}', 'service3a: out of luck'],
    });
  });

  test('a process that dies while others are still awaited is no success, though it was ready', async () => {
    const { effects, supervisor } = fleet();
    effects.notReady.add('service2a');
    supervisor.start();
    const ready = supervisor.awaitReady(30_000);
    await effects.pass(1000);
    effects.end('service1a', { code: null, signal: 'SIGSEGV' });
    expect(await ready).toMatchObject({ name: 'service1a', reason: 'ended by SIGSEGV' });
  });

  test('restarts what crashed after its delay, and counts it', async () => {
    const { effects, supervisor, state } = fleet();
    supervisor.start();
    await effects.pass(100);
    const pid = state('service2a')?.pid;
    effects.end('service2a', { code: null, signal: 'SIGKILL' });
    await effects.pass(199);
    expect(state('service2a')).toMatchObject({ state: 'restarting', pid: null, startedAt: null, restarts: 0 });
    await effects.pass(1);
    expect(state('service2a')).toMatchObject({ state: 'starting', restarts: 1 });
    await effects.pass(100);
    expect(state('service2a')?.state).toBe('ready');
    expect(state('service2a')?.pid).not.toBe(pid);
  });

  test('a process that crashes for an hour is started a few hundred times, not thousands', async () => {
    const { effects, supervisor, state } = fleet();
    supervisor.start();
    await effects.pass(100);
    for (let elapsedMs = 0; elapsedMs < 3_600_000; elapsedMs += 1000) {
      effects.end('service4a', { code: 3, signal: null });
      await effects.pass(1000);
    }
    const restarts = state('service4a')?.restarts ?? 0;
    expect(restarts).toBeGreaterThan(300);
    expect(restarts).toBeLessThan(400);
  });

  test('stops callers first: stage by stage, the balancer before its instances, each group whole', async () => {
    const { effects, supervisor } = fleet('parallel');
    supervisor.start();
    await effects.pass(100);
    effects.log.length = 0;
    effects.slow.add('service1b');
    const stopping = supervisor.stop();
    await settled();
    const stage1 = ['service1-loadbalancer', 'service1a', 'service1b', 'service1c', 'service1d'];
    expect(effects.log).toEqual(stage1.map((name) => `terminate ${name}`));
    effects.end('service1b', { code: null, signal: 'SIGKILL' });
    await stopping;
    const groups = [1, 2, 3, 4].flatMap((n) => [
      `service${n}-loadbalancer`,
      ...['a', 'b', 'c', 'd'].map((id) => `service${n}${id}`),
    ]);
    expect(effects.log).toEqual(groups.map((name) => `terminate ${name}`));
    expect(supervisor.status()).toMatchObject({ stopping: true });
    await effects.pass(60_000);
    expect(effects.log).toHaveLength(20);
  });

  test('stops both balancers of a stage before its instances', async () => {
    const { effects, supervisor } = fleet('parallel', [], 2);
    supervisor.start();
    await effects.pass(100);
    effects.log.length = 0;
    effects.slow.add('service1-loadbalancer2');
    const stopping = supervisor.stop();
    await settled();
    expect(effects.log).toEqual(['terminate service1-loadbalancer', 'terminate service1-loadbalancer2']);
    effects.end('service1-loadbalancer2', { code: 0, signal: null });
    await stopping;
    expect(effects.log).toHaveLength(24);
  });

  test('lets one process drain, since others still call it; a whole fleet ends at once', async () => {
    const { effects, supervisor } = fleet('parallel');
    supervisor.start();
    await effects.pass(100);
    await supervisor.stopInstance('service2b');
    expect([...effects.signals]).toEqual(['SIGTERM']);
    effects.signals.clear();
    await supervisor.stop();
    expect([...effects.signals]).toEqual(['SIGINT']);
  });

  test('a process that waits for its restart does not come up while others stop', async () => {
    const { effects, supervisor } = fleet();
    supervisor.start();
    await effects.pass(100);
    effects.end('service4a', { code: 3, signal: null });
    await settled();
    effects.slow.add('service1a');
    effects.log.length = 0;
    const stopping = supervisor.stop();
    await effects.pass(60_000);
    expect(effects.log).toEqual(['terminate service1a']);
    effects.end('service1a', { code: 0, signal: null });
    await stopping;
    expect(effects.log).toEqual(['terminate service1a', 'terminate service2a', 'terminate service3a']);
    await expect(supervisor.startInstance('service1a', 1000)).rejects.toThrow('the fleet is stopping');
  });

  test('an instance that is started while it is being stopped comes back, and no command waits for ever', async () => {
    const { effects, supervisor, state } = fleet();
    supervisor.start();
    await effects.pass(100);
    effects.slow.add('service1a');
    const stopped = supervisor.stopInstance('service1a');
    const started = supervisor.startInstance('service1a', 30_000);
    effects.end('service1a', { code: 0, signal: null });
    await stopped;
    await effects.pass(100);
    expect(await started).toBeUndefined();
    expect(state('service1a')?.state).toBe('ready');
  });

  test('what is held down from the beginning is not started and not awaited', async () => {
    const { effects, supervisor, state } = fleet('parallel', ['service3b']);
    supervisor.start();
    const ready = supervisor.awaitReady(30_000);
    await effects.pass(100);
    expect(await ready).toBeUndefined();
    expect(state('service3b')).toMatchObject({ state: 'stopped', pid: null });
    expect(effects.log).not.toContain('spawn service3b');
  });

  test('an unknown name is answered with the known ones', async () => {
    const { supervisor } = fleet();
    await expect(supervisor.stopInstance('service9')).rejects.toThrow(
      'no process is called service9; there are service1a, service2a, service3a, service4a',
    );
  });
});
