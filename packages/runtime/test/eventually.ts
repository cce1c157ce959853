import { until } from '../src/until.js';

/** Waits for a condition that something else brings about. Far longer than it takes on a machine that is busy. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  if (!(await until(condition, 20_000))) throw new Error(`it never came about that ${what}`);
}
