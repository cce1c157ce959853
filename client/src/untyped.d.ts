/** What is used of packages that come without types. */

declare module 'cli-progress' {
  interface BarOptions {
    readonly stream?: NodeJS.WritableStream;
    readonly format?: string;
    readonly barCompleteChar?: string;
    readonly barIncompleteChar?: string;
    readonly clearOnComplete?: boolean;
    readonly hideCursor?: boolean;
    readonly gracefulExit?: boolean;
  }
  class SingleBar {
    constructor(options: BarOptions);
    start(total: number, startValue: number): void;
    increment(amount: number): void;
    stop(): void;
  }
  const cliProgress: { SingleBar: typeof SingleBar };
  export default cliProgress;
}

declare module 'autocannon' {
  interface Options {
    readonly url: readonly string[];
    readonly method: 'POST';
    readonly headers: Record<string, string>;
    readonly body: Buffer;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Seconds to wait for an answer. */
    readonly timeout: number;
  }
  interface Histogram {
    readonly mean: number;
    readonly p50: number;
    readonly p97_5: number;
    readonly p99: number;
    readonly max: number;
    readonly total: number;
  }
  interface Result {
    /** Milliseconds. */
    readonly latency: Histogram;
    /** Per second. */
    readonly requests: Histogram;
    /** Connection errors, time-outs included. */
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly '2xx': number;
    /** Seconds. */
    readonly duration: number;
  }
  interface Instance extends PromiseLike<Result> {
    stop(): void;
  }
  export default function autocannon(options: Options): Instance;
}
