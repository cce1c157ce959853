import type { Endpoint } from '../http1/connection.js';
import type { PoolLimits } from '../http1/connection-pool.js';
import type { Carrier, Exchange } from '../http1/exchange.js';
import { Session, type SessionOwner } from './session.js';

/** How often idle sessions are looked over, as a part of the time that they may be idle. */
const SWEEPS_PER_IDLE_TIME = 4;

/**
 * The sessions of HTTP/2 to one instance: one, until that has as many streams as it may have. An exchange for which there
 * is no room waits, first come first served.
 */
export class SessionPool implements SessionOwner, Carrier {
  readonly #endpoint: Endpoint;
  readonly #limits: PoolLimits;
  readonly #sessions = new Set<Session>();
  #waiting: Exchange[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #isRetired = false;

  constructor(endpoint: Endpoint, limits: PoolLimits) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    const sweepMs = Math.max(1, limits.idleMs / SWEEPS_PER_IDLE_TIME);
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  /** Sessions, those that are being opened included. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Sends an exchange's request as soon as there is room for it. */
  send(exchange: Exchange): void {
    exchange.request.prepare();
    const session = this.#withRoom();
    if (session) {
      session.run(exchange);
      return;
    }
    exchange.carrier = this;
    this.#waiting.push(exchange);
    this.#openIfNeeded();
  }

  /** The instance is no member any more: sessions close once their streams have ended. */
  retire(): void {
    this.#isRetired = true;
    clearInterval(this.#sweeper);
    for (const session of [...this.#sessions]) session.retire();
  }

  /** Closes the sessions that are not in use: they may not lead anywhere any more. */
  dropIdle(): void {
    for (const session of [...this.#sessions]) if (session.isOpen && session.streams === 0) session.destroy();
  }

  /** Closes all. Exchanges under way fail. */
  close(): void {
    this.#isRetired = true;
    clearInterval(this.#sweeper);
    for (const exchange of this.#waiting.splice(0)) exchange.fail(new Error('the pool was closed'));
    for (const session of [...this.#sessions]) session.destroy();
  }

  onRoom(session: Session): void {
    while (session.hasRoom) {
      const next = this.#waiting.shift();
      if (!next) break;
      session.run(next);
    }
    if (this.#isRetired && session.streams === 0) session.retire();
  }

  onClosed(session: Session, error: Error): void {
    this.#sessions.delete(session);
    // It was being opened for the requests that wait: the instance cannot be reached.
    if (!session.isOpen && !this.#withRoom()) for (const exchange of this.#waiting.splice(0)) exchange.fail(error);
    else this.#openIfNeeded();
  }

  onFailed(exchange: Exchange, error: Error, isRetryable: boolean): void {
    if (!isRetryable || exchange.hasResent || exchange.isOver || !exchange.request.isRetryable()) {
      exchange.fail(error);
      return;
    }
    exchange.hasResent = true;
    exchange.wasSent = false;
    exchange.sentAtMs = Number.NaN;
    exchange.carrier = this;
    // Not before the caller that reported the failure is done with it.
    queueMicrotask(() => {
      if (!exchange.isOver) this.send(exchange);
    });
  }

  onFault(error: unknown): void {
    this.#limits.onFault(error);
  }

  /** Of an exchange that waits. */
  abort(exchange: Exchange, error: Error): void {
    this.#waiting = this.#waiting.filter((each) => each !== exchange);
    exchange.fail(error);
  }

  pause(): void {}

  resume(): void {}

  #withRoom(): Session | undefined {
    for (const session of this.#sessions) if (session.hasRoom) return session;
    return undefined;
  }

  /** One is opened at a time. */
  #openIfNeeded(): void {
    if (this.#waiting.length === 0 || this.#sessions.size >= this.#limits.maxConnections) return;
    for (const session of this.#sessions) if (!session.isOpen) return;
    this.#sessions.add(new Session(this.#endpoint, this));
  }

  #sweep(): void {
    const oldest = performance.now() - this.#limits.idleMs;
    for (const session of [...this.#sessions]) {
      if (session.isOpen && session.streams === 0 && session.idleSinceMs <= oldest) session.retire();
    }
  }
}
