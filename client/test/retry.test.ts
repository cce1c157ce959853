import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientError, NoAnswerError, RefusedError } from '../src/problems.js';
import { DEFAULT_RETRY_POLICY, parseRetryAfterMs, retryDelayMs } from '../src/retry.js';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('retryDelayMs', () => {
  test('spreads the first wait over its whole range, and doubles the range', () => {
    const error = new NoAnswerError('reset');
    fc.assert(
      fc.property(random, (share) => {
        expect(retryDelayMs(error, 1, share)).toBeCloseTo(share * 200);
        expect(retryDelayMs(error, 2, share)).toBeCloseTo(share * 400);
      }),
    );
  });

  test('never waits longer than its limit', () => {
    const policy = { ...DEFAULT_RETRY_POLICY, maxTries: 100 };
    expect(retryDelayMs(new NoAnswerError('reset'), 50, 0.999, policy)).toBeLessThan(policy.maxDelayMs);
  });

  test('fails after three tries', () => {
    expect(retryDelayMs(new NoAnswerError('reset'), 3, 0)).toBeUndefined();
  });

  test.each([502, 503, 504])('sends again after %i', (status) => {
    expect(retryDelayMs(new RefusedError('', status), 1, 0)).toBe(0);
  });

  test.each([400, 404, 408, 413, 422, 429, 500, 501])('takes %i as final', (status) => {
    expect(retryDelayMs(new RefusedError('', status), 1, 0)).toBeUndefined();
  });

  test('takes errors of the client as final', () => {
    expect(retryDelayMs(new ClientError('the file changed'), 1, 0)).toBeUndefined();
    expect(retryDelayMs(new TypeError('a bug'), 1, 0)).toBeUndefined();
  });

  test('waits as long as Retry-After asks for, and fails when that is too long', () => {
    const asking = (retryAfterMs: number) => new RefusedError('', 503, { retryAfterMs });
    expect(retryDelayMs(asking(2000), 1, 0.5)).toBe(2100);
    expect(retryDelayMs(asking(60_001), 1, 0)).toBeUndefined();
  });
});

test('parseRetryAfterMs reads seconds, and nothing else', () => {
  expect(parseRetryAfterMs('1')).toBe(1000);
  expect(parseRetryAfterMs('0')).toBe(0);
  for (const other of ['Wed, 21 Oct 2015 07:28:00 GMT', '-1', '1.5', '', undefined, ['1']]) {
    expect(parseRetryAfterMs(other)).toBeUndefined();
  }
});
