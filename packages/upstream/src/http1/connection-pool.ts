import { Connection, type ConnectionOwner, type Endpoint } from './connection.js';
import type { Carrier, Exchange } from './exchange.js';

/** How many connections there may be to one instance, and how long one is kept for nothing. */
export interface PoolLimits {
  readonly maxConnections: number;
  readonly idleMs: number;
  /** Told of what is thrown on this side, and belongs to no exchange. */
  onFault(error: unknown): void;
}

/** How often idle connections are looked over, as a part of the time that they may be idle. */
const SWEEPS_PER_IDLE_TIME = 4;

/**
 * The connections to one instance. An exchange takes the one that was used last, so that those that are too many become
 * idle; or a new one; or, at the limit, waits for one, first come first served.
 */
export class ConnectionPool implements ConnectionOwner, Carrier {
  readonly #endpoint: Endpoint;
  readonly #limits: PoolLimits;
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  /** Exchanges whose own connection is being opened. */
  readonly #opening = new Map<Connection, Exchange | undefined>();
  #waiting: Exchange[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #isRetired = false;

  constructor(endpoint: Endpoint, limits: PoolLimits) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    const sweepMs = Math.max(1, limits.idleMs / SWEEPS_PER_IDLE_TIME);
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  /** Connections, those that are being opened included. */
  get size(): number {
    return this.#open.size;
  }

  /** Sends an exchange's request as soon as there is a connection for it. */
  send(exchange: Exchange): void {
    exchange.request.prepare();
    const connection = exchange.hasResent ? undefined : this.#idle.pop();
    if (connection) {
      connection.run(exchange);
    } else if (this.#open.size < this.#limits.maxConnections) {
      this.#connect(exchange);
    } else {
      exchange.carrier = this;
      this.#waiting.push(exchange);
    }
  }

  /** The instance is no member any more: connections close as they become idle. */
  retire(): void {
    this.#isRetired = true;
    clearInterval(this.#sweeper);
    this.dropIdle();
  }

  /** Closes the connections that are not in use: they may not lead anywhere any more. */
  dropIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Closes all connections. Exchanges under way fail. */
  close(): void {
    this.retire();
    for (const exchange of this.#waiting.splice(0)) exchange.fail(new Error('the pool was closed'));
    for (const connection of [...this.#open]) connection.destroy();
  }

  onOpen(connection: Connection): void {
    const exchange = this.#opening.get(connection);
    this.#opening.delete(connection);
    if (exchange && !exchange.isOver) connection.run(exchange);
    else this.onIdle(connection);
  }

  onIdle(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next) {
      connection.run(next);
    } else if (this.#isRetired) {
      connection.destroy();
    } else {
      connection.idleSinceMs = performance.now();
      this.#idle.push(connection);
    }
  }

  onClosed(connection: Connection, running: Exchange | undefined, error: Error, isStale: boolean): void {
    this.#open.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    const exchange = running ?? this.#opening.get(connection);
    this.#opening.delete(connection);
    this.#connectForWaiting();
    if (!exchange || exchange.isOver) return;
    if (isStale && !exchange.hasResent && exchange.request.isRetryable()) this.#resend(exchange);
    else exchange.fail(error);
  }

  onFault(error: unknown): void {
    this.#limits.onFault(error);
  }

  /** Of an exchange that waits: it has no connection of its own yet. */
  abort(exchange: Exchange, error: Error): void {
    this.#waiting = this.#waiting.filter((each) => each !== exchange);
    for (const [connection, each] of this.#opening) {
      // The next request may be able to use the connection.
      if (each === exchange) this.#opening.set(connection, this.#waiting.shift());
    }
    exchange.fail(error);
  }

  pause(): void {}

  resume(): void {}

  #connect(exchange: Exchange): void {
    exchange.carrier = this;
    const connection = new Connection(this.#endpoint, this);
    this.#open.add(connection);
    this.#opening.set(connection, exchange);
  }

  #connectForWaiting(): void {
    if (this.#open.size >= this.#limits.maxConnections) return;
    const next = this.#waiting.shift();
    if (next) this.#connect(next);
  }

  #resend(exchange: Exchange): void {
    exchange.hasResent = true;
    exchange.wasSent = false;
    exchange.sentAtMs = Number.NaN;
    this.send(exchange);
  }

  #sweep(): void {
    const oldest = performance.now() - this.#limits.idleMs;
    const old = this.#idle.filter(({ idleSinceMs }) => idleSinceMs <= oldest);
    for (const connection of old) connection.destroy();
  }
}
