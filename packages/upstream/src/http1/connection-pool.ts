import { Connection, type ConnectionOwner } from './connection.js';
import { EndpointPool } from './endpoint-pool.js';
import type { Carrier, Exchange } from './exchange.js';

/**
 * The connections to one instance. An exchange takes the one that was used last, so that those that are too many become
 * idle; or a new one; or, at the limit, waits for one, first come first served.
 */
export class ConnectionPool extends EndpointPool implements ConnectionOwner, Carrier {
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  /** Exchanges whose own connection is being opened. */
  readonly #opening = new Map<Connection, Exchange | undefined>();

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
    } else if (this.#open.size < this.limits.maxConnections) {
      this.#connect(exchange);
    } else {
      this.waiting.push(exchange);
    }
  }

  /** The instance is no member any more: connections close as they become idle. */
  override retire(): void {
    super.retire();
    this.dropIdle();
  }

  /** Closes the connections that are not in use: they may not lead anywhere any more. */
  dropIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Closes all connections. Exchanges under way fail. */
  close(): void {
    this.retire();
    this.waiting.fail(new Error('the pool was closed'));
    for (const connection of [...this.#open]) connection.destroy();
  }

  onOpen(connection: Connection): void {
    const exchange = this.#opening.get(connection);
    this.#opening.delete(connection);
    if (exchange && !exchange.isOver) connection.run(exchange);
    else this.onIdle(connection);
  }

  onIdle(connection: Connection): void {
    const next = this.waiting.shift();
    if (next) {
      connection.run(next);
    } else if (this.isRetired) {
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

  /** Of an exchange whose own connection is being opened. */
  abort(exchange: Exchange, error: Error): void {
    for (const [connection, each] of this.#opening) {
      if (each === exchange) this.#assign(connection);
    }
    exchange.fail(error);
  }

  pause(): void {}

  resume(): void {}

  #connect(exchange: Exchange): void {
    exchange.carrier = this;
    const connection = new Connection(this.endpoint, this);
    this.#open.add(connection);
    this.#opening.set(connection, exchange);
  }

  /** The next that waits may have a connection that is being opened for none any more. */
  #assign(connection: Connection): void {
    const next = this.waiting.shift();
    if (next) next.carrier = this;
    this.#opening.set(connection, next);
  }

  #connectForWaiting(): void {
    if (this.#open.size >= this.limits.maxConnections) return;
    const next = this.waiting.shift();
    if (next) this.#connect(next);
  }

  #resend(exchange: Exchange): void {
    exchange.startAgain();
    this.send(exchange);
  }

  protected override sweep(): void {
    const oldest = performance.now() - this.limits.idleMs;
    const old = this.#idle.filter(({ idleSinceMs }) => idleSinceMs <= oldest);
    for (const connection of old) connection.destroy();
  }
}
