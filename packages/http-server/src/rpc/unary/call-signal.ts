import type { ConnectError } from '@connectrpc/connect';
import { timedOut } from './faults.js';

/** The most that a timer of Node takes: 24 days. Beyond it a call has as good as no limit. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How long a client waits for the answer to a call. */
export class CallSignal {
  readonly #controller = new AbortController();
  readonly #deadlineMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeoutMs - What the caller leaves it; undefined: it sets no limit. */
  constructor(timeoutMs: number | undefined) {
    this.#deadlineMs = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    if (timeoutMs === undefined || timeoutMs > MAX_TIMER_MS) return;
    if (timeoutMs <= 0) this.abort(timedOut());
    else this.#timer = setTimeout(() => this.abort(timedOut()), timeoutMs);
  }

  /** Aborted when the client no longer waits. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What is left of the caller's time, in ms; undefined: it has set no limit. */
  remainingMs(): number | undefined {
    return this.#deadlineMs === undefined ? undefined : this.#deadlineMs - performance.now();
  }

  /** @param reason - Why the client no longer waits; the first one counts. */
  abort(reason: ConnectError): void {
    this.#controller.abort(reason);
  }

  /** Settles as the work does, or fails when the client no longer waits: it does not wait for the work then. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const abandon = () => reject(signal.reason as ConnectError);
      if (signal.aborted) abandon();
      else signal.addEventListener('abort', abandon, { once: true });
      work.then(resolve, reject);
    });
  }

  /** The call is over. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
