import { setTimeout as sleep } from 'node:timers/promises';

/** The connection of a slow client. */
export interface SlowConnection {
  /** Goes on by a byte. */
  step(): void;
  /** Ends it in the middle of what it was at. */
  close(): void;
}

/** A way to be slow: opens a connection, and tells when it was closed, by whomever. */
export type SlowKind = (port: number, onClose: () => void) => SlowConnection;

/** How often it is looked whose turn it is to leave. */
const TURN_MS = 5;

/** Where they call, and how slow they are. */
export interface SlowClientsOptions {
  readonly port: number;
  readonly count: number;
  /** What they are slow at, as many of each. */
  readonly kinds: readonly SlowKind[];
  /** They come one after the other, all of them in so long, and leave in the same way. */
  readonly arriveMs: number;
  /** A client goes on by a byte, and waits so long. */
  readonly intervalMs: number;
}

/** Clients that drip. One whose connection is closed opens another. */
export class SlowClients {
  readonly #options: SlowClientsOptions;
  readonly #connections = new Set<SlowConnection>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;
  #opened = 0;

  /** Lets them come. */
  constructor(options: SlowClientsOptions) {
    this.#options = options;
    const { count, arriveMs, kinds } = options;
    for (let n = 0; n < count; n++)
      this.#after((n / count) * arriveMs, () => this.#open(kinds[n % kinds.length] as SlowKind));
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#connections.size;
  }

  /** Connections ever opened. */
  get opened(): number {
    return this.#opened;
  }

  /** They leave in the middle of what they were at, one after the other. Settles when all have left. */
  async leave(): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const connections = [...this.#connections];
    const startMs = performance.now();
    while (connections.length > 0) {
      const goneShare = (performance.now() - startMs) / this.#options.arriveMs;
      const stay = Math.floor(this.#options.count * (1 - goneShare));
      for (const connection of connections.splice(Math.max(0, stay))) connection.close();
      await sleep(TURN_MS);
    }
  }

  #open(kind: SlowKind): void {
    const connection = kind(this.#options.port, () => {
      this.#connections.delete(connection);
      this.#after(this.#options.intervalMs, () => this.#open(kind));
    });
    this.#opened++;
    this.#connections.add(connection);
    this.#goOn(connection);
  }

  #goOn(connection: SlowConnection): void {
    this.#after(this.#options.intervalMs, () => {
      if (!this.#connections.has(connection)) return;
      connection.step();
      this.#goOn(connection);
    });
  }

  #after(delayMs: number, then: () => void): void {
    if (this.#isOver) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, delayMs);
    this.#timers.add(timer);
  }
}
