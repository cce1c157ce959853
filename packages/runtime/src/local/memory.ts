import { readFileSync } from 'node:fs';
import { askTool } from '../fleet/system-tool.js';

/** `PSS` counts a page that n processes share as 1/n for each, so a sum is true; `RSS` counts it n times. */
export const memoryMeasure = process.platform === 'linux' ? 'PSS' : 'RSS';

/** Memory of processes in bytes, by pid. One that is gone, or of another user, is left out. */
export async function memoryOf(pids: readonly number[]): Promise<Map<number, number>> {
  if (pids.length === 0) return new Map();
  const pairs = process.platform === 'linux' ? pids.map(linuxPss) : await psRss(pids);
  return new Map(pairs.filter((pair) => pair !== undefined));
}

function linuxPss(pid: number): [number, number] | undefined {
  try {
    const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : [pid, Number(kibibytes) * 1024];
  } catch {
    return undefined;
  }
}

async function psRss(pids: readonly number[]): Promise<[number, number][]> {
  const rows = await askTool('ps', '-o', 'pid=,rss=', '-p', pids.join(','));
  return [...rows.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].map(([, pid, kibibytes]) => [
    Number(pid),
    Number(kibibytes) * 1024,
  ]);
}
