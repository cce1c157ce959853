import { getSystemErrorMap, getSystemErrorMessage } from 'node:util';

/** What a call of the system does, as a person says it; `path` or an address follows. */
const deeds: Readonly<Record<string, string>> = {
  access: 'look at',
  connect: 'connect to',
  listen: 'listen on',
  lstat: 'look at',
  mkdir: 'make the folder',
  mkdtemp: 'make the folder',
  open: 'open',
  read: 'read',
  rename: 'rename',
  rm: 'remove',
  rmdir: 'remove the folder',
  scandir: 'read the folder',
  stat: 'look at',
  unlink: 'remove',
  write: 'write',
};

/** What the system says of an error of its own: `no space left on device`. Undefined: it is none of the system's. */
export function systemReason(error: unknown): string | undefined {
  const { errno } = (error ?? {}) as NodeJS.ErrnoException;
  // Of rmSync it is positive.
  return typeof errno === 'number' ? getSystemErrorMessage(-Math.abs(errno)) : undefined;
}

/** What the system says of an error that only its name is known of: `connection reset by peer` for `ECONNRESET`. */
export function reasonOfCode(code: string): string | undefined {
  return [...getSystemErrorMap().values()].find(([name]) => name === code)?.[1];
}

/**
 * An error of the system as one sentence for a person: what could not be done, and why. Undefined: it is none of the
 * system's, and may be a fault in the program.
 */
export function describeSystemError(error: unknown): string | undefined {
  // Several addresses were tried, as for localhost: they failed alike.
  if (error instanceof AggregateError) return describeSystemError(error.errors[0]);
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const { syscall = '', path, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const isStart = syscall.startsWith('spawn');
  const deed = isStart ? 'start' : (deeds[syscall] ?? `do ${syscall || 'it'} with`);
  const place = address === undefined ? undefined : port === undefined ? address : `${address}:${port}`;
  return `cannot ${deed} ${path ?? place ?? 'a file or a stream'}: ${reason}`;
}
