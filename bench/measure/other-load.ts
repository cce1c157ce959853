import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseStat, readCpu } from './process-cost.ts';

interface MachineReading {
  readonly atMs: number;
  /** Of all processors, idle included. */
  readonly allTicks: number;
  readonly idleTicks: number;
  /** Of this process and its descendants that are there. */
  readonly ownNs: number;
  /** Of its descendants that have ended. */
  readonly endedTicks: number;
}

/**
 * Watches what else the machine does. What shares its caches and its processors makes every request dearer, those of
 * Node most, so figures need to say how much there was.
 *
 * @returns what to call at the end: it resolves to the share of the machine's processor time, 0 to 1, that went to
 * processes not started from here, or to other machines on the same host. NaN: only Linux tells.
 */
export async function watchOtherLoad(): Promise<() => Promise<number>> {
  if (process.platform !== 'linux') return async () => Number.NaN;
  const start = await readMachine();
  return async () => {
    const end = await readMachine();
    const allTicks = end.allTicks - start.allTicks;
    const busyTicks = allTicks - (end.idleTicks - start.idleTicks);
    const tickNs = ((end.atMs - start.atMs) * 1e6 * cpus().length) / allTicks;
    const ownTicks = (end.ownNs - start.ownNs) / tickNs + end.endedTicks - start.endedTicks;
    return Math.max(0, (busyTicks - ownTicks) / allTicks);
  };
}

async function readMachine(): Promise<MachineReading> {
  const [{ cpuNs }, machine, self] = await Promise.all([
    readCpu(process.pid),
    readFile('/proc/stat', 'utf8'),
    readFile('/proc/self/stat', 'utf8'),
  ]);
  const { endedTicks } = parseStat(self);
  return { atMs: performance.now(), ...parseMachineStat(machine), ownNs: cpuNs, endedTicks };
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of them. */
export function parseMachineStat(text: string): { allTicks: number; idleTicks: number } {
  const ticks = (/^cpu +(.*)$/m.exec(text)?.[1] ?? '').split(' ').slice(0, 8).map(Number);
  const allTicks = ticks.reduce((sum, each) => sum + each, 0);
  if (ticks.length < 8 || !(allTicks > 0)) throw new Error(`no times of processors: ${text.slice(0, 200)}`);
  return { allTicks, idleTicks: (ticks[3] as number) + (ticks[4] as number) };
}
