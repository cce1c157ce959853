import type { DockerCli } from './docker-cli.js';

/** Docker's own name for it: memory of the control group without the file cache that the kernel can take back. */
export const dockerMemoryMeasure = 'MEM USAGE';

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Memory of running containers in bytes, by their name. One that is gone is left out. */
export async function memoryByContainer(docker: DockerCli, names: readonly string[]): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const { stdout } = await docker.ask('stats', '--no-stream', '--format', '{{.Name}}\t{{.MemUsage}}', ...names);
  return memoryRows(stdout);
}

/** Reads lines like `rest-service1a<TAB>45.2MiB / 512MiB`. */
export function memoryRows(output: string): Map<string, number> {
  const rows = [...output.matchAll(/^(\S+)\t([\d.]+)([KMGT]?i?B) \//gm)];
  return new Map(
    rows.map(([, name = '', amount, unit = 'B']) => [name, Math.round(Number(amount) * (UNITS[unit] ?? Number.NaN))]),
  );
}
