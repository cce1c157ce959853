/** How many connections there may be to one instance, and how long one is kept for nothing. */
export interface PoolLimits {
  readonly maxConnections: number;
  readonly idleMs: number;
  /** Told of what is thrown on this side, and belongs to no exchange. */
  onFault(error: unknown): void;
}

/** How often idle connections are looked over, as a part of the time that they may be idle. */
const SWEEPS_PER_IDLE_TIME = 4;

/** Looks a pool's idle connections over for as long as it is not cleared. It keeps no process alive. */
export function sweepIdle({ idleMs }: PoolLimits, sweep: () => void): NodeJS.Timeout {
  return setInterval(sweep, Math.max(1, idleMs / SWEEPS_PER_IDLE_TIME)).unref();
}
