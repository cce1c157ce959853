import type { PlacedProcess } from '@flotilla/topology';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not even be started. */
  readonly spawnError?: string;
}

/**
 * How a process is asked to end. SIGTERM: it says that it is not ready, and goes on for a while, so that its callers
 * turn away before it closes. SIGINT: at once, when no process calls it any more. Requests in flight end either way.
 */
export type EndSignal = 'SIGTERM' | 'SIGINT';

/** A process that was started. */
export interface Spawned {
  /** Undefined: it could not be started; `exited` says why. */
  readonly pid: number | undefined;
  /** Settles when it is gone and reaped; never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to end, and ends it after the grace that the effects were made with. */
  terminate(signal: EndSignal): void;
}

/** What a process answers to whether it is ready. */
export interface Readiness {
  readonly ready: boolean;
  /** `503`, or `connection refused`: for people. */
  readonly answer: string;
}

/** Everything that a supervisor does to the world, or learns from it. */
export interface Effects {
  spawn(spec: PlacedProcess): Spawned;
  /** Asks once; never rejects. */
  askReadiness(spec: PlacedProcess): Promise<Readiness>;
  /** The last lines that the process wrote, oldest first. */
  lastLines(spec: PlacedProcess, count: number): string[];
  /** Calls `then` after a delay. Returns what cancels it. */
  after(delayMs: number, then: () => void): () => void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
}
