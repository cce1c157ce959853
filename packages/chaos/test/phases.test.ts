import { describe, expect, test } from 'vitest';
import { phasesOf } from '../src/drill/phases.js';
import { Samples } from '../src/load/samples.js';

const TIMELINE = { startedMs: 0, injectedMs: 10_000, healedMs: 20_000, endMs: 30_000 };

/** A request every 10 ms, from 0 to 30 s. */
function steadyLoad(latencyMs: (startMs: number) => number): Samples {
  const samples = new Samples();
  for (let startMs = 0; startMs < 30_000; startMs += 10) samples.add(startMs, latencyMs(startMs));
  return samples;
}

describe('the phases of a fault', () => {
  test('requests belong to the phase that they were made in; what meets the fault is during', () => {
    const { before, during, after } = phasesOf(
      steadyLoad((startMs) => (startMs < 10_000 ? 5 : startMs <= 20_000 ? 50 : 7)),
      TIMELINE,
    );
    expect(before).toEqual({ requests: 1000, p50Ms: 5, p99Ms: 5 });
    expect(during).toEqual({ requests: 1001, p50Ms: 50, p99Ms: 50 });
    expect(after).toEqual({ requests: 999, p50Ms: 7, p99Ms: 7 });
  });

  test('a request that was under way when the fault came met it', () => {
    const samples = new Samples();
    samples.add(9000, 500);
    samples.add(9900, 3000);
    const { before, during } = phasesOf(samples, TIMELINE);
    expect([before?.requests, during?.requests]).toEqual([1, 1]);
  });

  test('nothing is felt: back at once', () => {
    expect(
      phasesOf(
        steadyLoad(() => 5),
        TIMELINE,
      ).recoveredMs,
    ).toBe(0);
  });

  test('back from when every second’s p99 is within twice of normal', () => {
    const slowUntil = (endMs: number) => (startMs: number) => (startMs >= 10_000 && startMs < endMs ? 11 : 5);
    expect(phasesOf(steadyLoad(slowUntil(13_000)), TIMELINE).recoveredMs).toBe(3000);
    expect(phasesOf(steadyLoad(slowUntil(18_950)), TIMELINE).recoveredMs).toBe(9000);
  });

  test('twice of normal is normal', () => {
    expect(
      phasesOf(
        steadyLoad((startMs) => (startMs < 10_000 ? 5 : 10)),
        TIMELINE,
      ).recoveredMs,
    ).toBe(0);
  });

  test('a second bout counts: it was not back for good', () => {
    const latency = (startMs: number) => (startMs > 16_000 && startMs < 16_500 ? 99 : 5);
    expect(phasesOf(steadyLoad(latency), TIMELINE).recoveredMs).toBe(6500);
  });

  test('slow until the end: never back', () => {
    expect(
      phasesOf(
        steadyLoad((startMs) => (startMs < 10_000 ? 5 : 99)),
        TIMELINE,
      ).recoveredMs,
    ).toBeUndefined();
  });

  test('no requests at all is not normal', () => {
    const samples = new Samples();
    for (let startMs = 0; startMs < 10_000; startMs += 10) samples.add(startMs, 5);
    expect(phasesOf(samples, TIMELINE).recoveredMs).toBeUndefined();
    expect(phasesOf(new Samples(), TIMELINE)).toEqual({
      before: undefined,
      during: undefined,
      after: undefined,
      recoveredMs: undefined,
    });
  });
});
