/** Does something, and tells how long it took and what it cost this process. */
export async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly ms: number; readonly cpuNs: number }> {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const result = await work();
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms, cpuNs: (user + system) * 1000 };
}
