import type { KnownText } from './known-text.js';

/** Where a caller calls, and with how many connections. */
export interface CallerOptions {
  /** The balancers of a stage. A request that cannot be had from one is made to the next. */
  urlsOf(stage: number): readonly string[];
  /** Requests to one of them at once. */
  readonly parallel: number;
  /** Time for one answer. */
  readonly timeoutMs: number;
}

/** Makes requests as a client does that knows all balancers of a stage: in turn, and the next when one is gone. */
export interface Caller {
  /**
   * Makes one request, and holds its answer against what is right, member by member.
   *
   * @returns what is wrong with it; undefined: nothing.
   * @throws Error when there was no answer, or it says that the work has failed.
   */
  request(text: KnownText, requestId: string): Promise<string | undefined>;
  /** Ends all connections, and the requests on them. */
  close(): Promise<void>;
}

/** Several ways to the same work, of which each is the first in its turn. */
export class InTurn<Way> {
  readonly #ways: readonly Way[];
  #turn = 0;

  constructor(ways: readonly Way[]) {
    this.#ways = ways;
  }

  /**
   * Takes the next way, and those behind it for as long as there is no answer.
   *
   * @param isAnswer - Whether an error is a server's answer. No other address is tried then.
   * @throws the last way's error, when none gave an answer.
   */
  async take<Result>(go: (way: Way) => Promise<Result>, isAnswer = (_error: unknown) => false): Promise<Result> {
    const first = this.#turn++;
    let failure: unknown;
    for (let n = 0; n < this.#ways.length; n++) {
      try {
        return await go(this.#ways[(first + n) % this.#ways.length] as Way);
      } catch (error) {
        failure = error;
        if (isAnswer(error)) break;
      }
    }
    throw failure;
  }
}
