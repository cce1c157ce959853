import { readdir, readFile, writeFile } from 'node:fs/promises';

/** What processes have used since they started, as Linux keeps it (proc(5)). */
export interface CpuReading {
  /** Time on a processor, of all threads. */
  readonly cpuNs: number;
  /** The same by kind, in clock ticks: too coarse for a sum, good for a share. */
  readonly userTicks: number;
  readonly systemTicks: number;
}

/** Processor time of a process and all its descendants that are there now. */
export async function readCpu(pid: number): Promise<CpuReading> {
  const readings = await Promise.all((await family(pid)).map(readCpuOfOne));
  return readings.reduce((sum, each) => ({
    cpuNs: sum.cpuNs + each.cpuNs,
    userTicks: sum.userTicks + each.userTicks,
    systemTicks: sum.systemTicks + each.systemTicks,
  }));
}

/** Resident memory of a process and all its descendants, pages that they share counted in each. */
export async function readResidentBytes(pid: number): Promise<number> {
  const all = await Promise.all(
    (await family(pid)).map(async (each) => parseMemory(await readFile(`/proc/${each}/status`, 'utf8'), 'VmRSS')),
  );
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

async function readCpuOfOne(pid: number): Promise<CpuReading> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map(async (thread) => parseSchedstat(await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))),
  );
  const { userTicks, systemTicks } = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  return { cpuNs: times.reduce((sum, ns) => sum + ns, 0), userTicks, systemTicks };
}

/** The process itself, and whom its threads have started. */
async function family(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')));
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  return [pid, ...(await Promise.all(children.map(family))).flat()];
}

/** Nanoseconds on a processor: the first of `/proc/PID/task/TID/schedstat`, where the ticks of `stat` are 10 ms. */
export function parseSchedstat(text: string): number {
  const ns = Number(text.split(' ')[0] || Number.NaN);
  if (!Number.isFinite(ns)) throw new Error(`no schedstat: ${text}`);
  return ns;
}

/** Fields 14 to 17 of `/proc/PID/stat`. The second, a name in parentheses, may hold spaces and parentheses itself. */
export function parseStat(text: string): { userTicks: number; systemTicks: number; endedTicks: number } {
  const afterName = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks, endedUserTicks, endedSystemTicks] = afterName.slice(14 - 3).map(Number);
  const endedTicks = Number(endedUserTicks) + Number(endedSystemTicks);
  return { userTicks: Number(userTicks), systemTicks: Number(systemTicks), endedTicks };
}

/** The most memory that a process has had resident since it started, or since {@link forgetPeak}. */
export async function readPeakBytes(pid: number): Promise<number> {
  return parseMemory(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmHWM');
}

/** Makes a process's peak what it has resident now. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** A line of `/proc/PID/status`, in bytes. */
export function parseMemory(status: string, name: 'VmRSS' | 'VmHWM'): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`no ${name} in the status of a process`);
  return Number(kibibytes) * 1024;
}
