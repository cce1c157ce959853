import type { Carrier, Exchange } from './exchange.js';

/** Exchanges for which there is no connection yet: first come, first served. It carries those that are in it. */
export class WaitingLine implements Carrier {
  readonly #exchanges: Exchange[] = [];

  get length(): number {
    return this.#exchanges.length;
  }

  push(exchange: Exchange): void {
    exchange.carrier = this;
    this.#exchanges.push(exchange);
  }

  /** Takes the first out; undefined: none waits. */
  shift(): Exchange | undefined {
    return this.#exchanges.shift();
  }

  /** Empties it. */
  fail(error: Error): void {
    for (const exchange of this.#exchanges.splice(0)) exchange.fail(error);
  }

  abort(exchange: Exchange, error: Error): void {
    const index = this.#exchanges.indexOf(exchange);
    if (index !== -1) this.#exchanges.splice(index, 1);
    exchange.fail(error);
  }

  pause(): void {}

  resume(): void {}
}
