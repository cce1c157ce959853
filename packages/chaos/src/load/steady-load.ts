import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from './caller.js';
import type { KnownText } from './known-text.js';
import { Tally } from './tally.js';

/** Load that goes on until it is told to stop. */
export interface SteadyLoadOptions {
  readonly caller: Caller;
  readonly texts: readonly KnownText[];
  /** Each has one request at a time. */
  readonly clients: number;
  /** Between an answer and the client's next request. 0: none. */
  readonly pauseMs: number;
  /** Begins the ids of its requests. */
  readonly name: string;
}

/** Several clients that send one request after the other. */
export class SteadyLoad {
  readonly tally = new Tally();
  readonly #options: SteadyLoadOptions;
  readonly #clients: Promise<unknown>;
  #sent = 0;
  #isOver = false;
  #awaited: { readonly requests: number; readonly reached: () => void }[] = [];

  /** Starts it. */
  constructor(options: SteadyLoadOptions) {
    this.#options = options;
    this.#clients = Promise.all(Array.from({ length: options.clients }, () => this.#client()));
  }

  /** Settles when so many more requests have come to an end. */
  more(requests: number): Promise<void> {
    return new Promise((reached) => this.#awaited.push({ requests: this.tally.requests + requests, reached }));
  }

  /** Sends no more. Settles when all that was sent has come to an end. */
  async stop(): Promise<Tally> {
    this.#isOver = true;
    await this.#clients;
    return this.tally;
  }

  async #client(): Promise<void> {
    const { caller, texts, name, pauseMs } = this.#options;
    while (!this.#isOver) {
      const n = this.#sent++;
      const text = texts[n % texts.length] as KnownText;
      await this.tally.request(caller, text, `${name}-${n}`);
      this.#settleReached();
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  #settleReached(): void {
    if (this.#awaited.length === 0) return;
    for (const { requests, reached } of this.#awaited) if (requests <= this.tally.requests) reached();
    this.#awaited = this.#awaited.filter(({ requests }) => requests > this.tally.requests);
  }
}
