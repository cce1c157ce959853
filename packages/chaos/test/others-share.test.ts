import { describe, expect, test } from 'vitest';
import { OthersShare } from '../src/drill/others-share.js';

/** Keeps one core busy. */
function work(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

describe.skipIf(process.platform !== 'linux')('how much of the machine others use', () => {
  test('a share, and less of it where a process is counted as ours', () => {
    const parent = process.ppid;
    const all = new OthersShare(() => []);
    const twice = new OthersShare(() => [process.pid, parent, 2 ** 30]);
    work(300);
    const [share, less] = [all.share ?? -1, twice.share ?? -1];
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
    expect(less).toBeLessThanOrEqual(share);
  });
});
