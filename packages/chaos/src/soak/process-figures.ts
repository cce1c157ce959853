import { readdirSync, readlinkSync } from 'node:fs';
import { type LocalFleet, memoryOf } from '@flotilla/runtime';
import { request } from 'undici';

/** What a process holds at one time. */
export interface ProcessFigures {
  /** As the system counts it. V8 keeps most of the pages whose content it has collected. */
  readonly memoryBytes: number;
  /** What it refers to: V8's heap, and buffers outside of it. Garbage that has not been collected counts as well. */
  readonly liveBytes: number;
  readonly sockets: number;
  /** Timers that keep the process running. */
  readonly timers: number;
}

/** Memory of all processes of a fleet, in bytes by name. */
export async function memoryByName(fleet: LocalFleet): Promise<Map<string, number>> {
  const pids = fleet.processes.map(({ name }) => fleet.pidOf(name));
  const memory = await memoryOf(pids.filter((pid) => pid !== undefined));
  return new Map(fleet.processes.map(({ name }, n) => [name, memory.get(pids[n] ?? 0) ?? 0]));
}

/** What all processes of a fleet hold, by name. */
export async function figuresOf(fleet: LocalFleet): Promise<Map<string, ProcessFigures>> {
  const memory = await memoryByName(fleet);
  const entries = fleet.processes.map(async ({ name, port }) => {
    const sockets = socketsOf(fleet.pidOf(name));
    return [name, { memoryBytes: memory.get(name) ?? 0, sockets, ...(await ownFiguresOf(port)) }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Open sockets of a process: those of its connections, its listener, and its supervisor. */
function socketsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).filter((descriptor) => isSocket(`${directory}/${descriptor}`)).length;
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    // Closed since it was listed.
    return false;
  }
}

const TIMERS = 'nodejs_active_resources{type="Timeout"';
const HEAP = 'nodejs_heap_size_used_bytes';
const OUTSIDE_OF_HEAP = 'nodejs_external_memory_bytes';

/** As the process itself says. The connection is not kept: it would count. */
async function ownFiguresOf(port: number): Promise<Pick<ProcessFigures, 'liveBytes' | 'timers'>> {
  const response = await request(`http://127.0.0.1:${port}/metrics`, { reset: true });
  const lines = (await response.body.text()).split('\n');
  // It names no kind of resource of which it has none.
  const sampleOf = (name: string) =>
    Number(
      lines
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  return { liveBytes: sampleOf(HEAP) + sampleOf(OUTSIDE_OF_HEAP), timers: sampleOf(TIMERS) };
}
