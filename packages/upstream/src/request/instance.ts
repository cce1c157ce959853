import type { LookupFunction } from 'node:net';
import type { InstanceAddress } from '@flotilla/contracts';
import { ConnectionPool } from '../http1/connection-pool.js';
import type { Exchange } from '../http1/exchange.js';
import { SessionPool } from '../http2/session-pool.js';
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
  /** A connection ends because of an unexpected error on this side. */
  onFault(error: unknown): void;
}

/** The connections to one instance, and what checks it. */
export class Instance {
  readonly #pool: ConnectionPool;
  readonly #sessions: SessionPool;
  /** Whether the last check got no answer: what it was given before may never be answered. */
  isSilent = false;
  readonly #checker: HealthChecker | undefined;

  constructor(address: InstanceAddress, options: InstanceOptions, onCheck: (isGood: boolean) => void) {
    const { connectTimeoutMs, maxConnections, upstreamIdleMs, lookup, healthIntervalMs, healthTimeoutMs } = options;
    const { host, port, key } = address;
    const endpoint = { host: host.replace(/^\[|\]$/g, ''), port, connectTimeoutMs, lookup };
    const onFault = options.onFault.bind(options);
    const limits = { maxConnections, idleMs: upstreamIdleMs, onFault };
    this.#pool = new ConnectionPool(endpoint, limits);
    this.#sessions = new SessionPool(endpoint, limits);
    if (healthIntervalMs === 0) return;
    const checkPool = new ConnectionPool(endpoint, { ...limits, maxConnections: 1 });
    const times = { intervalMs: healthIntervalMs, timeoutMs: healthTimeoutMs };
    this.#checker = new HealthChecker(checkPool, key, times, (result: CheckResult) => {
      this.isSilent = result === 'silent';
      // After a cut in the network they lead nowhere, and a request on one would wait for all of its time.
      if (this.isSilent) this.#dropIdle();
      onCheck(result === 'good');
    });
  }

  /** Connections, of both kinds, that are open or being opened. */
  get connections(): number {
    return this.#pool.size + this.#sessions.size;
  }

  /** Sends an exchange's request in the protocol that it asks for. */
  send(exchange: Exchange): void {
    if (exchange.request.protocol === 'h2') this.#sessions.send(exchange);
    else this.#pool.send(exchange);
  }

  /** It is no member any more: what is under way ends, and nothing else. */
  retire(): void {
    this.#checker?.stop();
    this.#pool.retire();
    this.#sessions.retire();
  }

  close(): void {
    this.#checker?.stop();
    this.#pool.close();
    this.#sessions.close();
  }

  #dropIdle(): void {
    this.#pool.dropIdle();
    this.#sessions.dropIdle();
  }
}
