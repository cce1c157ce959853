import type { Outcome } from '../core/outcome.js';

/** Errors that mean: no connection was made, so no byte of the request was sent. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'CONNECT_TIMEOUT',
]);

/** The outcome that a failed connection makes. Anything but an unreachable instance is one that broke off. */
export function outcomeOfError(error: Error): Outcome {
  const { code } = error as NodeJS.ErrnoException;
  if (code && UNREACHABLE.has(code)) return 'unreachable';
  // Several addresses were tried, as with a name that has more than one.
  if (error instanceof AggregateError && error.errors.every((each) => outcomeOfError(each) === 'unreachable')) {
    return 'unreachable';
  }
  return 'broken';
}
