import type { Stats } from '@flotilla/contracts';
import { expect, test } from 'vitest';
import { wrongIn } from '../src/drill/stats.js';

function stats(requests: number, inFlight: number, totals: Partial<Stats['totals']>): Stats {
  const counts = { requests, errors: 0, in_flight: inFlight, success_rate: 1 };
  const none = { client_requests: 0, retries: 0, exhausted: 0, cancelled: 0 };
  return { instances: ['a', 'b'], stats: { a: counts, b: counts }, totals: { ...none, ...totals } };
}

test.each([
  ['as many attempts as requests', stats(3, 0, { client_requests: 6 }), undefined],
  ['retries are attempts', stats(3, 0, { client_requests: 4, retries: 2 }), undefined],
  ['some went to one that has left', stats(3, 0, { client_requests: 7, former_requests: 1 }), undefined],
  ['one too few', stats(3, 0, { client_requests: 7 }), '6 attempts at its instances, and 7 in its totals'],
  ['one that never ends', stats(3, 1, { client_requests: 6 }), '2 attempts under way, of no request'],
])('%s', (_name, told, wrong) => {
  expect(wrongIn(told)).toBe(wrong);
});
