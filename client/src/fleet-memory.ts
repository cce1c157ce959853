import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Where the local runtime keeps its state unless it is told otherwise. */
export const DEFAULT_STATE_DIR = path.join(import.meta.dirname, '../../.flotilla');

/** The most memory that a process of the fleet has had since it started. */
interface ProcessPeak {
  readonly name: string;
  readonly pid: number;
  /** Resident memory, shared pages included: VmHWM of Linux. */
  readonly peakBytes: number;
}

/** The processes' peaks, or why there are none to be had. */
export type FleetPeaks = { readonly processes: readonly ProcessPeak[] } | { readonly unavailable: string };

/** What is used of the state that the local runtime keeps of a fleet. */
interface RuntimeState {
  readonly portOffset: number;
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly identity: string }[];
}

/**
 * Reads the peak memory of every process of a local fleet.
 *
 * @param stateDir - Where the local runtime keeps its state.
 * @param portOffset - Which fleet is meant: the state of another one is of no use.
 */
export async function readPeaks(stateDir: string, portOffset: number): Promise<FleetPeaks> {
  const file = path.resolve(stateDir, 'fleet.json');
  const state = await readState(file);
  if (!state) return { unavailable: `there is no state of a local fleet in ${file}` };
  if (state.portOffset !== portOffset) {
    return { unavailable: `the fleet of ${file} has the port offset ${state.portOffset}` };
  }
  const peaks = await Promise.all(state.processes.map(({ name, pid, identity }) => peakOf(name, pid, identity)));
  const processes = peaks.filter((peak) => peak !== undefined);
  return processes.length > 0 ? { processes } : { unavailable: 'no process of it can be read in /proc' };
}

async function readState(file: string): Promise<RuntimeState | undefined> {
  try {
    const state = JSON.parse(await readFile(file, 'utf8'));
    return state?.version === 1 && Array.isArray(state.processes) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined: no such process, or another one has its pid now. */
async function peakOf(name: string, pid: number, identity: string): Promise<ProcessPeak | undefined> {
  try {
    const [stat, status] = await Promise.all(
      ['stat', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
    );
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
    if (kibibytes === undefined || !identity.endsWith(`/${startTicks(stat ?? '')}`)) return undefined;
    return { name, pid, peakBytes: Number(kibibytes) * 1024 };
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); the second, a name in parentheses, may hold spaces and parentheses itself. */
function startTicks(stat: string): string | undefined {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return afterName[22 - 3];
}
