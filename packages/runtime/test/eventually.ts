import { waitFor } from '../src/fleet/wait-for.js';

/** Waits for a condition that something else brings about. Far longer than it takes on a machine that is busy. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  if (!(await waitFor(condition, timeoutMs))) throw new Error(`it never came about that ${what}`);
}
