import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks at something that tells nobody when it changes: a pid, a port, a file. */
const LOOK_INTERVAL_MS = 20;

/**
 * Waits for a condition that can only be looked at.
 *
 * @returns whether it holds; false at the deadline.
 */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) return false;
    await delay(LOOK_INTERVAL_MS);
  }
  return true;
}
