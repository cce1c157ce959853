import { constants, PerformanceObserver } from 'node:perf_hooks';
import { afterAll, expect, test, vi } from 'vitest';
import { buffersLetGo } from '../src/buffers-let-go.js';

const MIB = 1024 * 1024;
let youngCollections = 0;
const observer = new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    if ((detail as { kind: number }).kind === constants.NODE_PERFORMANCE_GC_MINOR) youngCollections++;
  }
});
observer.observe({ entryTypes: ['gc'] });
afterAll(() => observer.disconnect());

test('every 8 MiB the young generation is collected, and the memory of buffers with it', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const rounds = 8;
  for (let n = 0; n < 8 * rounds; n++) {
    Buffer.allocUnsafeSlow(MIB).fill(n);
    buffersLetGo(MIB);
  }
  await vi.waitFor(() => expect(youngCollections).toBeGreaterThanOrEqual(rounds));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MIB);
});
