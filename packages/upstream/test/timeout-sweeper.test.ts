import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeoutSweeper, UNWATCHED } from '../src/request/timeout-sweeper.js';

class Each {
  watchIndex = UNWATCHED;
  check(): void {}
  fault(error: unknown): void {
    throw error;
  }
}

test('holds what was added and not removed, in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 9 })), { maxLength: 100 }), (steps) => {
      const watch = new TimeoutSweeper<Each>(1000, () => {});
      const all = Array.from({ length: 10 }, () => new Each());
      const expected = new Set<Each>();
      for (const [isAdded, n] of steps) {
        const each = all[n] as Each;
        if (isAdded && !expected.has(each)) {
          watch.add(each);
          expected.add(each);
        } else if (!isAdded) {
          watch.remove(each);
          expected.delete(each);
        }
      }
      expect(new Set(watch.all)).toEqual(expected);
      expect(watch.all).toHaveLength(expected.size);
      watch.stop();
    }),
  );
});
