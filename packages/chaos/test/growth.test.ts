import { describe, expect, test } from 'vitest';
import { growthPerRequest, type Look } from '../src/soak/growth.js';
import { missedBy, missedByProcess, type SoakedProcess } from '../src/soak/judgement.js';

const SAMPLES = 10;
const REQUESTS = 200_000;

/** Looks of a soak, at 30 % of the requests and then nine times more. */
function looks(liveBytes: (requests: number, nth: number) => number): Look[] {
  return Array.from({ length: SAMPLES }, (_, nth) => {
    const requests = REQUESTS * (0.3 + (0.7 * nth) / (SAMPLES - 1));
    return { requests, liveBytes: 25e6 + liveBytes(requests, nth) };
  });
}

/** What collections leave lying about: a few hundred kilobytes, up and down. */
const noise = (nth: number) => 150_000 * Math.sin(7 * nth);
/** Caches that fill and code that is compiled: less and less, until there is no more. */
const warming = (requests: number) => 15e6 * (1 - Math.exp(-requests / 25_000));

function soaked(own: Look[], more: Partial<SoakedProcess> = {}): SoakedProcess {
  const figures = { memoryBytes: 60e6, liveBytes: 25e6, sockets: 4, timers: 1 };
  const bytesPerRequest = growthPerRequest(own);
  return { name: 'service1a', before: figures, looks: own, bytesPerRequest, mostBytes: 70e6, after: figures, ...more };
}

describe('whether a process grows', () => {
  test.each([
    ['one that is flat', looks((_requests, nth) => noise(nth))],
    ['one that was still warming up', looks((requests, nth) => warming(requests) + noise(nth))],
    ['one that holds less in the end', looks((requests) => -10 * requests)],
    ['one with a look that is off', looks((_requests, nth) => (nth === SAMPLES - 1 ? 8e6 : 0))],
  ])('%s does not', (_what, own) => {
    expect(missedByProcess(soaked(own), REQUESTS)).toEqual([]);
  });

  test.each([
    ['loses 30 bytes with each request', looks((requests, nth) => 30 * requests + noise(nth))],
    ['warms up, and loses 30 bytes', looks((requests, nth) => warming(requests) + 30 * requests + noise(nth))],
    [
      'loses a kilobyte with each, and has a look that is off',
      looks((requests, nth) => (nth === 7 ? 0 : 1000 * requests)),
    ],
  ])('one that %s does', (_what, own) => {
    expect(missedByProcess(soaked(own), REQUESTS)).toEqual([
      expect.stringMatching(/^service1a: it keeps \S+ bytes of every/),
    ]);
  });

  test('is not judged by a few requests', () => {
    const own = looks((requests) => 1000 * requests);
    expect(missedByProcess(soaked(own), 10_000)).toEqual([]);
  });

  test('is said in bytes per request, by as many looks as there are', () => {
    expect(growthPerRequest([])).toBe(0);
    expect(growthPerRequest([{ requests: 10, liveBytes: 5 }])).toBe(0);
    expect(growthPerRequest([10, 20, 30].map((requests) => ({ requests, liveBytes: 7 * requests })))).toBeCloseTo(7);
    expect(growthPerRequest(looks((requests) => 30 * requests))).toBeCloseTo(30);
  });
});

describe('what else is missed', () => {
  test('sockets and timers that are left, give or take two', () => {
    const after = { memoryBytes: 60e6, liveBytes: 25e6, sockets: 7, timers: 3 };
    const process = soaked(
      looks(() => 0),
      { after },
    );
    expect(missedByProcess(process, REQUESTS)).toEqual(['service1a: 3 sockets more than before']);
  });

  test('requests that failed, and answers that were wrong', () => {
    expect(missedBy({ requests: 10, failed: 0, wrong: 0 })).toEqual([]);
    expect(missedBy({ requests: 10, failed: 2, wrong: 1 })).toEqual(['2 requests failed', '1 answers were wrong']);
  });
});
