import type { LookupFunction } from 'node:net';
import type { InstanceAddress } from '@flotilla/contracts';
import { ConnectionPool } from '../wire/connection-pool.js';
import { type CheckResult, HealthChecker } from './health-checker.js';

/** What connections to an instance are made with, and how it is checked. */
export interface InstanceOptions {
  readonly lookup: LookupFunction;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  readonly upstreamIdleMs: number;
  /** 0: it is not checked. */
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
}

/** The connections to one instance, and what checks it. */
export class Instance {
  readonly pool: ConnectionPool;
  /** Whether the last check found nobody there: what it was given before may never be answered. */
  isSilent = false;
  readonly #checker: HealthChecker | undefined;

  constructor(address: InstanceAddress, options: InstanceOptions, onCheck: (isGood: boolean) => void) {
    const { connectTimeoutMs, maxConnections, upstreamIdleMs, lookup, healthIntervalMs, healthTimeoutMs } = options;
    const { host, port, key } = address;
    const endpoint = { host: host.replace(/^\[|\]$/g, ''), port, connectTimeoutMs, lookup };
    this.pool = new ConnectionPool(endpoint, { maxConnections, idleMs: upstreamIdleMs });
    if (healthIntervalMs === 0) return;
    const checkPool = new ConnectionPool(endpoint, { maxConnections: 1, idleMs: upstreamIdleMs });
    const times = { intervalMs: healthIntervalMs, timeoutMs: healthTimeoutMs };
    this.#checker = new HealthChecker(checkPool, key, times, (result: CheckResult) => {
      this.isSilent = result === 'silent';
      // After a cut in the network they lead nowhere, and a request on one would wait for all of its time.
      if (this.isSilent) this.pool.dropIdle();
      onCheck(result === 'good');
    });
  }

  /** It is no member any more: what is under way ends, and nothing else. */
  retire(): void {
    this.#checker?.stop();
    this.pool.retire();
  }

  close(): void {
    this.#checker?.stop();
    this.pool.close();
  }
}
