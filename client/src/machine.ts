import os from 'node:os';

/** What a measurement was made on: no figure means anything without it. */
export interface Machine {
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memory_bytes: number;
  readonly os: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() || 'unknown processor',
    cores: os.availableParallelism(),
    memory_bytes: os.totalmem(),
    os: `${os.type()} ${os.release()}`,
    node: process.version,
  };
}

/** In one line. */
export function describeMachine({ cpu, cores, memory_bytes: memory, os: system, node }: Machine): string {
  const gibibytes = (memory / 2 ** 30).toFixed(0);
  return `${cores} cores of ${cpu}, ${gibibytes} GiB, ${system}, Node ${node}`;
}
