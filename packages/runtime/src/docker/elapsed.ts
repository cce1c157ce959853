const INTERVAL_MS = 1000;

/** Where a person watches, shows each second how long something has taken, until its disposal wipes it away. */
export class Elapsed implements Disposable {
  readonly #startedMs = performance.now();
  readonly #stream: NodeJS.WriteStream;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(what: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    if (!stream.isTTY) return;
    this.#timer = setInterval(() => stream.write(`\r${what}: ${this}`), INTERVAL_MS);
    this.#timer.unref();
  }

  /** `12.3 s`. */
  toString(): string {
    return `${((performance.now() - this.#startedMs) / 1000).toFixed(1)} s`;
  }

  [Symbol.dispose](): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#stream.write('\r\x1b[K');
  }
}
