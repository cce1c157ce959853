import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OneProcess } from './one-process.js';

/** Far longer than a process takes from its start to its end. */
const DEADLINE_MS = 20_000;

test('a process whose starter is gone before it has come up ends', async () => {
  await using one = await OneProcess.start(['ignore', 'ignore', 'ignore', 'ipc']);
  one.child.disconnect();
  expect(await Promise.race([one.exited, delay(DEADLINE_MS, 'it goes on', { ref: false })])).toEqual([0, null]);
});
