import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The kernel's unit for processor times that it shows to programs: 1/100 s on Linux, whatever it counts in itself. */
const TICK_MS = 10;

/** What a machine and some of its processes have worked so far. */
interface Work {
  readonly machineMs: number;
  readonly idleMs: number;
  readonly oursMs: number;
}

/** Tells how much of the machine others use: what is measured beside them is theirs as well. */
export class OthersShare {
  readonly #pids: () => readonly number[];
  readonly #start: Work | undefined;

  /** @param pids - the children of this process that are ours. */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
    this.#start = this.#look();
  }

  /** From the making of this on: 0 to 1. Undefined: the system does not tell. */
  get share(): number | undefined {
    const now = this.#look();
    if (!this.#start || !now) return undefined;
    const machineMs = now.machineMs - this.#start.machineMs;
    const busyMs = machineMs - (now.idleMs - this.#start.idleMs);
    return Math.max(0, (busyMs - (now.oursMs - this.#start.oursMs)) / machineMs);
  }

  #look(): Work | undefined {
    if (process.platform !== 'linux') return undefined;
    const times = cpus().map((cpu) => cpu.times);
    const idleMs = sum(times.map(({ idle }) => idle));
    const machineMs = sum(times.flatMap((each) => Object.values(each)));
    // Our own line has what children did that are gone by now.
    return {
      machineMs,
      idleMs,
      oursMs: sum([ticksOf('self', 4), ...this.#pids().map((pid) => ticksOf(pid, 2))]) * TICK_MS,
    };
  }
}

/** User and system time of a process; with two columns more, that of its children that are gone. */
function ticksOf(pid: number | 'self', columns: 2 | 4): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A program's name, in parentheses, may have spaces; user time is the 12th column behind it.
    const behindName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum(behindName.slice(11, 11 + columns).map(Number));
  } catch {
    return 0;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
