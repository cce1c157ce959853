import { EndpointPool } from '../http1/endpoint-pool.js';
import type { Exchange } from '../http1/exchange.js';
import { Session, type SessionOwner } from './session.js';

/**
 * The sessions of HTTP/2 to one instance: one, until that has as many streams as it may have. An exchange for which there
 * is no room waits, first come first served.
 */
export class SessionPool extends EndpointPool implements SessionOwner {
  readonly #sessions = new Set<Session>();

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
    this.waiting.push(exchange);
    this.#openIfNeeded();
  }

  /** The instance is no member any more: sessions close once their streams have ended. */
  override retire(): void {
    super.retire();
    for (const session of [...this.#sessions]) session.retire();
  }

  /** Closes the sessions that are not in use: they may not lead anywhere any more. */
  dropIdle(): void {
    for (const session of [...this.#sessions]) if (session.isOpen && session.streams === 0) session.destroy();
  }

  /** Closes all. Exchanges under way fail. */
  close(): void {
    super.retire();
    this.waiting.fail(new Error('the pool was closed'));
    for (const session of [...this.#sessions]) session.destroy();
  }

  onRoom(session: Session): void {
    while (session.hasRoom) {
      const next = this.waiting.shift();
      if (!next) break;
      session.run(next);
    }
    this.#openIfNeeded();
    if (this.isRetired && session.streams === 0) session.retire();
  }

  onClosed(session: Session, error: Error): void {
    this.#sessions.delete(session);
    if (session.isOpen) this.#openIfNeeded();
    // Streams that end make room, and have one more session tried for. To try again at once would be to try without a pause.
    else if (!this.#makesRoom()) this.waiting.fail(error);
  }

  onFailed(exchange: Exchange, error: Error, isRetryable: boolean): void {
    if (!isRetryable || exchange.hasResent || exchange.isOver || !exchange.request.isRetryable()) {
      exchange.fail(error);
      return;
    }
    exchange.startAgain();
    exchange.carrier = this.waiting;
    // Not before the caller that reported the failure is done with it.
    queueMicrotask(() => {
      if (!exchange.isOver) this.send(exchange);
    });
  }

  #withRoom(): Session | undefined {
    for (const session of this.#sessions) if (session.hasRoom) return session;
    return undefined;
  }

  /** Whether a session takes those that wait sooner or later. */
  #makesRoom(): boolean {
    for (const session of this.#sessions) if (session.makesRoom) return true;
    return false;
  }

  /** One is opened at a time. */
  #openIfNeeded(): void {
    if (this.waiting.length === 0 || this.#sessions.size >= this.limits.maxConnections) return;
    for (const session of this.#sessions) if (!session.isOpen) return;
    this.#sessions.add(new Session(this.endpoint, this));
  }

  protected override sweep(): void {
    this.#openIfNeeded();
    const oldest = performance.now() - this.limits.idleMs;
    for (const session of [...this.#sessions]) {
      if (session.isOpen && session.streams === 0 && session.idleSinceMs <= oldest) session.retire();
    }
  }
}
