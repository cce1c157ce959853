import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it was when it was recorded. */
export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
  /** What tells it from a later process with the same pid. */
  readonly identity: string;
}

/**
 * What tells a running process from every other that had or will have its pid: when it started, to the clock tick on
 * Linux and to the second elsewhere. Undefined: no such process runs (one that has ended and is not yet reaped
 * does not run).
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxIdentity(pid) : psIdentity(pid);
}

/** Whether a recorded process still runs. */
export function isAlive(recorded: RecordedProcess): boolean {
  return processIdentity(recorded.pid) === recorded.identity;
}

/** Sends a signal to a recorded process if it still runs, and never to one that only has its pid. */
export function signalProcess(recorded: RecordedProcess, signal: NodeJS.Signals): void {
  if (!isAlive(recorded)) return;
  try {
    process.kill(recorded.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function linuxIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const startTicks = fields[19];
    if (state === 'Z' || state === 'X') return undefined;
    return `${bootId()}/${startTicks}`;
  } catch {
    return undefined;
  }
}

/** Ticks count from the start of the machine, so they alone would not outlive it. */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function psIdentity(pid: number): string | undefined {
  try {
    const output = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    }).trim();
    const [, state = 'Z', started] = /^(\S+)\s+(.+)$/.exec(output) ?? [];
    return state.startsWith('Z') ? undefined : started;
  } catch {
    return undefined;
  }
}
