import { expect, test } from 'vitest';
import { MemoryLog } from '../src/soak/memory-log.js';

test('growth is counted from when processes are warm, by medians', () => {
  const log = new MemoryLog();
  for (let percent = 0; percent <= 100; percent++) {
    const grows = percent < 20 ? 10 + percent : 40;
    // One look in ten meets a process that is about to collect its garbage.
    log.add(
      percent / 100,
      new Map([
        ['flat', grows + (percent % 10 === 0 ? 100 : 0)],
        ['leaking', percent],
      ]),
    );
  }
  const [flat, leaking] = log.courses;
  expect(flat).toMatchObject({ name: 'flat', growthBytes: 0 });
  expect(flat?.partsBytes).toHaveLength(10);
  expect(leaking?.growthBytes).toBe(95 - 24.5);
});

test('a soak that was too short for parts has no growth', () => {
  const log = new MemoryLog();
  log.add(0.5, new Map([['one', 7]]));
  expect(log.courses).toEqual([{ name: 'one', partsBytes: [7], growthBytes: 0 }]);
});
