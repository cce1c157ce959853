import type { ProcessSpec } from './model.js';

/** What a container of the client may take, in MiB: it holds the tables that it merges. */
export const CLIENT_MIB = 1024;

/** The limits of all processes together, in MiB. */
export function totalMemory(processes: readonly Pick<ProcessSpec, 'memoryMiB'>[]): number {
  return processes.reduce((total, { memoryMiB }) => total + memoryMiB, 0);
}

/** `10 GiB`, `2.5 GiB`. */
export function gibibytes(mebibytes: number): string {
  return `${Number((mebibytes / 1024).toFixed(2))} GiB`;
}
