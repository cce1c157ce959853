import { constants, PerformanceObserver } from 'node:perf_hooks';
import { afterAll, expect, test, vi } from 'vitest';
import { reportExternalMemory } from '../src/memory.js';

const MIB = 1024 * 1024;
let youngCollections = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { detail } = entry as unknown as { detail: { kind: number } };
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) youngCollections++;
  }
});
observer.observe({ entryTypes: ['gc'] });
afterAll(() => observer.disconnect());

test('every 8 MiB the young generation is collected, and the memory of buffers with it', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const rounds = 8;
  for (let n = 0; n < 8 * rounds; n++) {
    Buffer.allocUnsafeSlow(MIB).fill(n);
    reportExternalMemory(MIB);
  }
  // V8 may do a full one in the place of some.
  await vi.waitFor(() => expect(youngCollections).toBeGreaterThan(rounds / 2));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MIB);
});
