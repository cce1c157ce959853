/** How long an address that gave no answer is asked last, in ms: it may be back soon, and asking may take seconds. */
const REST_MS = 1000;

/** A route of the fleet at one address or several: requests are spread evenly over those that answer. */
export class Target {
  /** In the order given. */
  readonly urls: readonly string[];
  readonly #now: () => number;
  readonly #restsUntilMs = new Map<string, number>();
  #turn = 0;

  /** @param now - Milliseconds of a clock that never goes back. */
  constructor(urls: readonly string[], now: () => number = () => performance.now()) {
    this.urls = urls;
    this.#now = now;
  }

  /** The addresses as the next request asks them: each is the first in its turn, and who just failed comes last. */
  order(): string[] {
    const first = this.#turn++ % this.urls.length;
    const inTurn = [...this.urls.slice(first), ...this.urls.slice(0, first)];
    const nowMs = this.#now();
    const rests = (url: string) => (this.#restsUntilMs.get(url) ?? Number.NEGATIVE_INFINITY) > nowMs;
    return [...inTurn.filter((url) => !rests(url)), ...inTurn.filter(rests)];
  }

  /** Tells that an address gave no answer. */
  failed(url: string): void {
    this.#restsUntilMs.set(url, this.#now() + REST_MS);
  }

  /** As on the command line. */
  toString(): string {
    return this.urls.join(',');
  }
}
