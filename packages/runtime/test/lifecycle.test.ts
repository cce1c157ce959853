import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BackoffPolicy, backoffDelayMs, defaultBackoff } from '../src/local/backoff.js';
import { advance, atRest, type Lifecycle, type LifecycleEvent } from '../src/local/lifecycle.js';

const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('the delay before a restart', () => {
  test('stays within the bounds, whatever the crash and the chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), random, (crashes, chance) => {
        const delayMs = backoffDelayMs(crashes, defaultBackoff, chance);
        expect(delayMs).toBeGreaterThanOrEqual(100);
        expect(delayMs).toBeLessThanOrEqual(10_000);
      }),
    );
  });

  test('doubles from 100 ms, and half of it is chance', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8].map((crashes) => backoffDelayMs(crashes, defaultBackoff, 1));
    expect(longest).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    const shortest = [1, 2, 3, 7, 8].map((crashes) => backoffDelayMs(crashes, defaultBackoff, 0));
    expect(shortest).toEqual([100, 200, 400, 5000, 5000]);
  });
});

/** Drives one lifecycle with fake time, and keeps what the world would be: whether a process runs, or a wait. */
class World {
  life: Lifecycle = atRest;
  running = false;
  waiting = false;
  nowMs = 0;
  spawns = 0;
  readonly delays: number[] = [];
  readonly policy: BackoffPolicy;

  constructor(policy: BackoffPolicy = defaultBackoff) {
    this.policy = policy;
  }

  send(event: LifecycleEvent, chance = 1): void {
    if (event.type === 'exited') this.running = false;
    if (event.type === 'waited') this.waiting = false;
    const { next, action } = advance(this.life, event, this.policy, this.nowMs, chance);
    this.life = next;
    switch (action.do) {
      case 'spawn':
        expect(this.running).toBe(false);
        this.running = true;
        this.waiting = false;
        this.spawns += 1;
        break;
      case 'terminate':
        expect(this.running).toBe(true);
        break;
      case 'rest':
        expect(this.running).toBe(false);
        this.waiting = false;
        break;
      case 'wait':
        expect(this.running).toBe(false);
        this.waiting = true;
        this.delays.push(action.delayMs);
    }
  }

  /** Only what can happen: what does not run neither ends nor becomes ready. */
  canHappen(event: LifecycleEvent): boolean {
    if (event.type === 'exited' || event.type === 'ready') return this.running;
    return event.type !== 'waited' || this.waiting;
  }
}

const events: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.constantFrom<LifecycleEvent>({ type: 'start' }, { type: 'stop' }, { type: 'ready' }, { type: 'waited' }),
  fc.record({ type: fc.constant('exited' as const), code: fc.constantFrom(null, 0, 1, 3) }),
);
const histories = fc.array(fc.record({ event: events, elapsedMs: fc.nat(20_000), chance: random }), { maxLength: 60 });

describe('the life of a process', () => {
  test('whatever happens: never two processes, and the state says whether one runs', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const world = new World();
        for (const { event, elapsedMs, chance } of history) {
          world.nowMs += elapsedMs;
          if (!world.canHappen(event)) continue;
          world.send(event, chance);
          expect(world.running).toBe(['starting', 'ready', 'stopping'].includes(world.life.state));
          expect(world.waiting).toBe(world.life.state === 'restarting');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('whatever happens: stopped stays stopped until a command starts it', () => {
    fc.assert(
      fc.property(histories, histories, (before, after) => {
        const world = new World();
        for (const { event } of before) if (world.canHappen(event)) world.send(event);
        world.send({ type: 'stop' });
        const { spawns } = world;
        for (const { event } of after) if (event.type !== 'start' && world.canHappen(event)) world.send(event);
        if (world.running) world.send({ type: 'exited', code: null });
        expect(world.life.state).toBe('stopped');
        expect(world.spawns).toBe(spawns);
      }),
      { numRuns: 2000 },
    );
  });

  test('whatever happens: restarts counts the unrequested starts, and is never lost', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const world = new World();
        let expected = 0;
        for (const { event } of history) {
          if (!world.canHappen(event)) continue;
          if (event.type === 'waited') expected += 1;
          world.send(event);
          expect(world.life.restarts).toBe(expected);
        }
      }),
    );
  });

  test('a crash loop backs off', () => {
    const world = new World();
    world.send({ type: 'start' });
    for (let crash = 0; crash < 9; crash++) {
      world.send({ type: 'exited', code: 3 });
      world.send({ type: 'waited' });
    }
    expect(world.delays).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
    expect(world.life.restarts).toBe(9);
  });

  test.each([
    { healthyMs: 9999, delayMs: 800 },
    { healthyMs: 10_000, delayMs: 200 },
  ])('$healthyMs ms of health before the third crash: waits $delayMs ms', ({ healthyMs, delayMs }) => {
    const world = new World();
    world.send({ type: 'start' });
    for (let crash = 0; crash < 2; crash++) {
      world.send({ type: 'exited', code: null });
      world.send({ type: 'waited' });
    }
    world.send({ type: 'ready' });
    world.nowMs += healthyMs;
    world.send({ type: 'exited', code: null });
    expect(world.delays.at(-1)).toBe(delayMs);
  });

  test('exit code 1 before it was ever ready is a refused configuration: failed, until started again', () => {
    const world = new World();
    world.send({ type: 'start' });
    world.send({ type: 'exited', code: 1 });
    expect(world.life.state).toBe('failed');
    expect(world.delays).toEqual([]);
    world.send({ type: 'start' });
    expect(world.life.state).toBe('starting');
  });

  test('exit code 1 after it was ready is a crash', () => {
    const world = new World();
    world.send({ type: 'start' });
    world.send({ type: 'ready' });
    world.send({ type: 'exited', code: 1 });
    world.send({ type: 'waited' });
    world.send({ type: 'exited', code: 1 });
    expect(world.life.state).toBe('restarting');
  });

  test('start while it is being stopped: it starts again once it is gone', () => {
    const world = new World();
    world.send({ type: 'start' });
    world.send({ type: 'stop' });
    world.send({ type: 'start' });
    expect(world.life.state).toBe('stopping');
    world.send({ type: 'exited', code: 0 });
    expect(world.life.state).toBe('starting');
  });
});
