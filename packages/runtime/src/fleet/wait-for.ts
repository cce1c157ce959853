import { setTimeout as delay } from 'node:timers/promises';

/** Between two checks of something that does not report its changes: a pid, a port, a file. */
const POLL_INTERVAL_MS = 20;

/**
 * Waits for a condition that can only be looked at.
 *
 * @param intervalMs - between two looks; more where a look costs more.
 * @returns whether it holds; false at the deadline.
 */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  intervalMs = POLL_INTERVAL_MS,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) return false;
    await delay(intervalMs);
  }
  return true;
}
