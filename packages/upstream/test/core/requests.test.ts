import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, Ticket } from '../../src/core/admission.js';
import { Attempts, Cluster, NO_ENDPOINT, NO_RETRY, OVERFLOW } from '../../src/core/cluster.js';
import { RecentLatencies } from '../../src/core/latency-histogram.js';
import { type ClusterOptions, plainGroup } from '../../src/core/options.js';
import { backOffMs, isSafeToRetry } from '../../src/core/retry-policy.js';
import { RoundRobin } from '../../src/core/strategies/round-robin.js';

const facts = { wasSent: true, isIdempotent: true, canReplay: true };

function groupOf(size: number, options: Partial<ClusterOptions>): Cluster {
  return new Cluster(size, new RoundRobin(), { ...plainGroup, ...options });
}

describe('what may be tried again', () => {
  test.each([
    ['unreachable', { ...facts, isIdempotent: false }, true],
    ['server_error', facts, true],
    ['server_error', { ...facts, isIdempotent: false }, false],
    ['broken', { ...facts, isIdempotent: false, wasSent: false }, true],
    ['timed_out', { ...facts, canReplay: false }, false],
    ['unreachable', { ...facts, canReplay: false }, false],
    ['failed_further_down', facts, false],
    ['ok', facts, false],
    ['cancelled', facts, false],
  ] as const)('%s, %o: %s', (outcome, known, isSafe) => {
    expect(isSafeToRetry(outcome, known)).toBe(isSafe);
  });

  test('the wait is anything from 0 to a bound that doubles', () => {
    const policy = { ...plainGroup.retry, backOffMs: 25, maxBackOffMs: 250 };
    expect(backOffMs(policy, 0, 0)).toBe(0);
    expect([0, 1, 2, 3, 4, 9].map((n) => backOffMs(policy, n, 0.5))).toEqual([12.5, 25, 50, 100, 125, 125]);
  });
});

describe('retries', () => {
  const retry = { ...plainGroup.retry, maxTries: 16, maxLaterTries: 2, laterOn: new Set(['unreachable'] as const) };

  function failOnce(
    cluster: Cluster,
    attempts: Attempts,
    outcome: 'unreachable' | 'server_error' = 'unreachable',
  ): number {
    expect(cluster.begin(attempts, 0, 0)).toBeGreaterThanOrEqual(0);
    cluster.end(attempts, outcome, 0);
    return cluster.nextRetry(attempts, outcome, facts, 0, 0.5);
  }

  test('the first pass is free, then come waits within the budget, then the end', () => {
    const cluster = groupOf(3, { retry });
    const attempts = new Attempts();
    const waits = Array.from({ length: 5 }, () => failOnce(cluster, attempts));
    expect(waits).toEqual([0, 0, 12.5, 25, NO_RETRY]);
    expect(attempts.tried).toEqual([0, 1, 2, 0, 1]);
    expect(cluster.totals).toMatchObject({ clientRequests: 1, retries: 4, laterTries: 2, budgetOverflows: 0 });
    expect(cluster.retryBudget.held).toBe(0);
  });

  test('a bad answer is not had again from those that gave it', () => {
    const cluster = groupOf(2, { retry });
    const attempts = new Attempts();
    expect(failOnce(cluster, attempts, 'server_error')).toBe(0);
    expect(failOnce(cluster, attempts, 'server_error')).toBe(NO_RETRY);
  });

  test('at most so many tries', () => {
    const cluster = groupOf(5, { retry: { ...retry, maxTries: 2 } });
    const attempts = new Attempts();
    expect(failOnce(cluster, attempts)).toBe(0);
    expect(failOnce(cluster, attempts)).toBe(NO_RETRY);
  });

  test('the budget: a fifth of what is live, at least 3; the wait counts, and leaving gives it back', () => {
    const cluster = groupOf(1, { retry });
    const waiting = Array.from({ length: 5 }, () => new Attempts());
    expect(waiting.map((attempts) => failOnce(cluster, attempts) > 0)).toEqual([true, true, true, false, false]);
    expect(cluster.totals.budgetOverflows).toBe(2);
    for (const attempts of waiting) cluster.release(attempts, 0);
    expect(cluster.retryBudget).toEqual({ held: 0, limit: 3 });
    for (let n = 0; n < 50; n++) cluster.begin(new Attempts(), 0, 0);
    expect(cluster.retryBudget.limit).toBe(10);
  });

  test('a hedge goes to another instance, takes from the budget, and the loser is cancelled', () => {
    const cluster = groupOf(3, { retry, hedgeQuantile: 0.9 });
    expect(cluster.hedgeDelayMs).toBe(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 200; n++) {
      const attempts = new Attempts();
      cluster.begin(attempts, 10 * n, 0);
      cluster.end(attempts, 'ok', 10 * n, 1 + (n % 10));
    }
    expect(cluster.hedgeDelayMs).toBeCloseTo(9, 0);
    const attempts = new Attempts();
    const first = cluster.begin(attempts, 5000, 0);
    const second = cluster.beginHedge(attempts, 5010, 0);
    expect(second).not.toBe(first);
    expect(cluster.retryBudget.held).toBe(1);
    cluster.endTry(attempts, 1, 'ok', 5012);
    cluster.endTry(attempts, 0, 'cancelled', 5012);
    expect(attempts.outcomes).toEqual(['cancelled', 'ok']);
    expect(cluster.retryBudget.held).toBe(0);
    expect(cluster.inFlight).toBe(0);
    expect(cluster.totals.hedges).toBe(1);
  });

  test('a try ends once', () => {
    const cluster = groupOf(2, {});
    const attempts = new Attempts();
    expect(() => cluster.end(attempts, 'ok')).toThrow('was not started');
    cluster.begin(attempts, 0, 0);
    cluster.end(attempts, 'ok');
    expect(() => cluster.end(attempts, 'ok')).toThrow('was not started');
    expect(() => cluster.endTry(attempts, 0, 'ok', 0)).toThrow('was not started');
  });
});

const QUEUE_TIMEOUT_MS = 100;

/** The same with plain lists, step by step beside the real one. */
class ListOfRequests {
  readonly #admission: Admission<Ticket>;
  readonly #maxInFlight: number;
  readonly #maxPending: number;
  #nowMs = 0;
  #waiting: Ticket[] = [];
  #running: Ticket[] = [];

  constructor(maxInFlight: number, maxPending: number) {
    this.#admission = new Admission({ maxInFlight, maxPending, arrivingShare: 0.5, queueTimeoutMs: QUEUE_TIMEOUT_MS });
    this.#maxInFlight = maxInFlight;
    this.#maxPending = maxPending;
  }

  ask(): void {
    const ticket = new Ticket();
    const mayRun = this.#waiting.length === 0 && this.#running.length < this.#maxInFlight;
    const mayWait = this.#waiting.length < this.#maxPending;
    const state = this.#admission.ask(ticket, true, this.#nowMs);
    expect(state).toBe(mayRun ? 'running' : mayWait ? 'waiting' : 'refused');
    if (mayRun) this.#running.push(ticket);
    else if (mayWait) this.#waiting.push(ticket);
  }

  poll(passMs: number): void {
    this.#nowMs += passMs;
    const [head] = this.#waiting;
    const isLate = head !== undefined && this.#nowMs - head.sinceMs >= QUEUE_TIMEOUT_MS;
    const mayRun = !isLate && this.#running.length < this.#maxInFlight;
    const polled = this.#admission.poll(true, this.#nowMs);
    expect(polled).toBe(isLate || mayRun ? head : undefined);
    if (!polled) return;
    expect(polled.state).toBe(isLate ? 'refused' : 'running');
    this.#waiting.shift();
    if (mayRun) this.#running.push(polled);
  }

  leave(nth: number): void {
    const all = [...this.#running, ...this.#waiting];
    const ticket = all[nth % all.length];
    if (!ticket) return;
    this.#admission.leave(ticket, this.#nowMs);
    this.#admission.leave(ticket, this.#nowMs);
    this.#running = this.#running.filter((other) => other !== ticket);
    this.#waiting = this.#waiting.filter((other) => other !== ticket);
  }

  compare(): void {
    const { running, pending, nextDeadlineMs } = this.#admission;
    const [head] = this.#waiting;
    expect([running, pending]).toEqual([this.#running.length, this.#waiting.length]);
    expect(nextDeadlineMs).toBe(head ? head.sinceMs + QUEUE_TIMEOUT_MS : Number.POSITIVE_INFINITY);
  }
}

describe('admission', () => {
  test('behaves as a list with limits would', () => {
    const step = fc.oneof(
      fc.constant({ kind: 'ask' as const }),
      fc.record({ kind: fc.constant('poll' as const), passMs: fc.constantFrom(0, 10, 50, QUEUE_TIMEOUT_MS) }),
      fc.record({ kind: fc.constant('leave' as const), nth: fc.nat() }),
    );
    const most = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(
        most,
        fc.nat(4),
        fc.array(step, { maxLength: 300, size: 'max' }),
        (maxInFlight, maxPending, steps) => {
          const list = new ListOfRequests(maxInFlight, maxPending);
          for (const each of steps) {
            if (each.kind === 'ask') list.ask();
            else if (each.kind === 'poll') list.poll(each.passMs);
            else list.leave(each.nth);
            list.compare();
          }
        },
      ),
    );
  });

  test('full instances make requests wait; none at all lets them in, to fail at once', () => {
    const admission = { maxInFlight: 100, maxPending: 10, arrivingShare: 0.5, queueTimeoutMs: 1000 };
    const cluster = groupOf(2, { admission, maxInFlightPerInstance: 1 });
    const [a, b, c] = [new Attempts(), new Attempts(), new Attempts()] as const;
    for (const attempts of [a, b]) {
      expect(cluster.admit(attempts, 0)).toBe('running');
      cluster.begin(attempts, 0, 0);
    }
    expect(cluster.admit(c, 0)).toBe('waiting');
    expect(cluster.begin(new Attempts(), 0, 0)).toBe(OVERFLOW);
    expect(cluster.poll(10)).toBeUndefined();
    cluster.end(a, 'ok', 20);
    cluster.release(a, 20);
    expect(cluster.poll(20)).toBe(c);
    // What is spoken for is not given away twice.
    expect(cluster.admit(new Attempts(), 20)).toBe('waiting');
    expect(cluster.begin(c, 20, 0)).toBe(0);
    for (const name of ['0', '1']) cluster.drain(name, 30);
    const left = cluster.poll(30);
    expect(left?.state).toBe('running');
    expect(cluster.begin(left as Attempts, 30, 0)).toBe(NO_ENDPOINT);
  });

  test('a request that leaves before it has started gives its room back', () => {
    const admission = { maxInFlight: 100, maxPending: 10, arrivingShare: 0.5, queueTimeoutMs: 1000 };
    const cluster = groupOf(1, { admission, maxInFlightPerInstance: 1 });
    for (let n = 0; n < 3; n++) {
      const attempts = new Attempts();
      expect(cluster.admit(attempts, 0)).toBe('running');
      cluster.release(attempts, 0);
      cluster.release(attempts, 0);
    }
  });

  test('requests that still arrive have a part of all places and a line of their own; whole ones pass them by', () => {
    const admission = new Admission<Ticket>({
      maxInFlight: 4,
      maxPending: 4,
      arrivingShare: 0.5,
      queueTimeoutMs: 1000,
    });
    const ask = (isArriving: boolean, nowMs: number) => {
      const ticket = new Ticket();
      ticket.isArriving = isArriving;
      admission.ask(ticket, true, nowMs);
      return ticket;
    };
    const arriving = Array.from({ length: 5 }, (_, n) => ask(true, n));
    expect(arriving.map(({ state }) => state)).toEqual(['running', 'running', 'waiting', 'waiting', 'refused']);
    const whole = Array.from({ length: 5 }, (_, n) => ask(false, 10 + n));
    expect(whole.map(({ state }) => state)).toEqual(['running', 'running', 'waiting', 'waiting', 'refused']);
    expect([admission.running, admission.pending]).toEqual([4, 4]);
    // A place of a whole one goes to the whole one that waits longest, though one that arrives has waited longer.
    admission.leave(whole[0] as Ticket, 20);
    expect(admission.poll(true, 20)).toBe(whole[2]);
    expect(admission.poll(true, 20)).toBeUndefined();
    admission.leave(arriving[0] as Ticket, 21);
    expect(admission.poll(true, 21)).toBe(arriving[2]);
    // The first whose time is up is refused, of whichever line.
    expect(admission.nextDeadlineMs).toBe(1003);
    expect(admission.poll(true, 1003)).toBe(arriving[3]);
    expect(arriving[3]?.state).toBe('refused');
    for (const ticket of [...arriving, ...whole]) admission.leave(ticket, 1004);
    expect([admission.running, admission.pending]).toEqual([0, 0]);
  });

  test('Retry-After grows with the queue, from 1 to 30 s', () => {
    const admission = new Admission<Ticket>({
      maxInFlight: 1,
      maxPending: 1000,
      arrivingShare: 0.5,
      queueTimeoutMs: 1e6,
    });
    let nowMs = 0;
    for (let n = 0; n < 100; n++) {
      const ticket = new Ticket();
      admission.ask(ticket, true, nowMs);
      nowMs += 500;
      admission.leave(ticket, nowMs);
    }
    expect(admission.retryAfterSeconds).toBe(1);
    for (let n = 0; n < 21; n++) admission.ask(new Ticket(), true, nowMs);
    expect(admission.retryAfterSeconds).toBe(10);
    for (let n = 0; n < 200; n++) admission.ask(new Ticket(), true, nowMs);
    expect(admission.retryAfterSeconds).toBe(30);
  });
});

describe('percentiles of latency', () => {
  test('are right to a thirty-second part, whatever the latencies', () => {
    const latencies = fc.array(fc.double({ min: 0, max: 500_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const recent = new RecentLatencies();
        for (const value of values) recent.record(value, 0);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(share * values.length) - 1)] as number;
        expect(recent.quantileMs(share)).toBeGreaterThanOrEqual(exact - 0.001);
        expect(recent.quantileMs(share)).toBeLessThanOrEqual(exact * (1 + 1 / 32) + 0.001);
      }),
    );
  });

  test('forget what is older than two minutes', () => {
    const recent = new RecentLatencies();
    for (let n = 0; n < 10; n++) recent.record(1000, 0);
    recent.record(1, 61_000);
    expect(recent.count).toBe(11);
    recent.record(1, 122_000);
    expect(recent.count).toBe(2);
    expect(recent.quantileMs(1)).toBeLessThan(1.1);
    recent.record(2, 1e6);
    expect(recent.count).toBe(1);
    expect(new RecentLatencies().quantileMs(0.5)).toBeNaN();
  });
});
