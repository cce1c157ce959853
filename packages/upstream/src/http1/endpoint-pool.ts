import type { Endpoint } from './connection.js';
import { WaitingLine } from './waiting-line.js';

/** How many connections there may be to one instance, and how long one is kept for nothing. */
export interface PoolLimits {
  readonly maxConnections: number;
  readonly idleMs: number;
  /** Told of what is thrown on this side, and belongs to no exchange. */
  onFault(error: unknown): void;
}

/** How often idle connections are looked over, as a part of the time that they may be idle. */
const SWEEPS_PER_IDLE_TIME = 4;

/** What the pools of one instance have in common, whatever their connections speak. */
export abstract class EndpointPool {
  protected readonly endpoint: Endpoint;
  protected readonly limits: PoolLimits;
  protected readonly waiting = new WaitingLine();
  protected isRetired = false;
  readonly #sweeper: NodeJS.Timeout;

  constructor(endpoint: Endpoint, limits: PoolLimits) {
    this.endpoint = endpoint;
    this.limits = limits;
    // It keeps no process alive.
    this.#sweeper = setInterval(() => this.sweep(), Math.max(1, limits.idleMs / SWEEPS_PER_IDLE_TIME)).unref();
  }

  /** The instance is no member any more: connections close as they become idle. */
  retire(): void {
    this.isRetired = true;
    clearInterval(this.#sweeper);
  }

  onFault(error: unknown): void {
    this.limits.onFault(error);
  }

  /** Closes connections that have been idle for too long. */
  protected abstract sweep(): void;
}
