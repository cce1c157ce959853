import type { ProcessSpec } from './fleet.js';

/** Memory that a container may take, in MiB; beyond it the kernel ends the process, and Docker starts it again. */
export interface MemoryLimits {
  /** One instance of a stage's service, by the stage's number. */
  readonly services: Readonly<Record<ProcessSpec['stage']['number'], number>>;
  readonly balancer: number;
  readonly client: number;
}

/**
 * Enough for bodies of 100 MiB, several at once. What streams on (services 1 and 2, balancers) keeps up to 160 MiB
 * to send again, and took 0.4 GiB with eight such bodies under way. What holds a table (services 3 and 4) took 0.8 GiB
 * for one such text of 17 million words, no two the same; English text takes 0.1.
 */
export const memoryLimits: MemoryLimits = {
  services: { 1: 512, 2: 512, 3: 1024, 4: 1024 },
  balancer: 512,
  client: 1024,
};

/** A process's limit, in MiB. */
export function memoryOf({ role, stage }: Pick<ProcessSpec, 'role' | 'stage'>): number {
  return role === 'balancer' ? memoryLimits.balancer : memoryLimits.services[stage.number];
}

/** The limits of all processes together, in MiB. */
export function totalMemory(processes: readonly ProcessSpec[]): number {
  return processes.reduce((total, process) => total + memoryOf(process), 0);
}

/** `10 GiB`, `2.5 GiB`. */
export function gibibytes(mebibytes: number): string {
  return `${Number((mebibytes / 1024).toFixed(2))} GiB`;
}
