import type { Started } from '../measure/started-process.ts';

/** Where a contender is to stand, and what behind it. */
export interface Place {
  /** For its configuration and logs; removed afterwards. */
  readonly folder: string;
  /** Where it is to listen, on 127.0.0.1. */
  readonly port: number;
  readonly upstreamPorts: readonly number[];
  /** Where processes of Node put a CPU profile when they end. */
  readonly cpuProfileFolder?: string;
}

/** What a contender is asked in: JSON over HTTP/1.1, or unary calls of gRPC over HTTP/2. */
export type Protocol = 'HTTP/1.1' | 'gRPC';

/** A proxy that is measured. */
export interface Contender {
  readonly name: string;
  readonly protocol: Protocol;
  /** What is asked for; the protocol's usual path where it is not said. */
  readonly path?: string;
  /** What it writes about each request: part of what a request costs. */
  readonly log: string;
  /** Whether it is compiled while it runs: tens of thousands of requests pass before it is as fast as it gets. */
  readonly isJitCompiled: boolean;
  /** Undefined: it, or what asks it, is not installed. */
  version(): Promise<string | undefined>;
  /** Starts it as a process of its own. Resolves when it takes connections. */
  start(place: Place): Promise<Started>;
}
