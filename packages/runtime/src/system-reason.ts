import { getSystemErrorMessage } from 'node:util';

/** What the system says of an error of its own: `no space left on device`. Undefined: it is none of the system's. */
export function systemReason(error: unknown): string | undefined {
  const { errno } = error as NodeJS.ErrnoException;
  // Of rmSync it is positive.
  return typeof errno === 'number' ? getSystemErrorMessage(-Math.abs(errno)) : undefined;
}
