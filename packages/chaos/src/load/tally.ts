import type { Caller } from './caller.js';
import type { KnownText } from './known-text.js';
import { Samples } from './samples.js';

/** Most examples that are kept of what went wrong. */
const MAX_EXAMPLES = 10;
const MAX_SHOWN_CHARACTERS = 300;

/** What came of requests: how many failed, how many answers were wrong, and how long all of them took. */
export class Tally {
  readonly samples = new Samples();
  readonly examples: string[] = [];
  /** How many failed, by what came instead of an answer: `502 FLT_INSTANCES_FAILED`, `ECONNRESET`. */
  readonly failures = new Map<string, number>();
  readonly #failureStartsMs: number[] = [];
  #wrong = 0;

  get requests(): number {
    return this.samples.length;
  }

  /** Requests without an answer, or with one that says that the work has failed. */
  get failed(): number {
    return this.#failureStartsMs.length;
  }

  /** Those of them that began after a time. */
  failedSince(startMs: number): number {
    return this.#failureStartsMs.filter((each) => each > startMs).length;
  }

  /** Answers that say that all is well, and are not right. */
  get wrong(): number {
    return this.#wrong;
  }

  /** Makes one request, and holds its answer against what is right. Never rejects. */
  async request(caller: Caller, text: KnownText, requestId: string): Promise<void> {
    const startMs = performance.now();
    try {
      const wrong = await caller.request(text, requestId);
      if (wrong !== undefined) this.#countWrong(`${requestId}: wrong answer: ${wrong}`);
    } catch (error) {
      const kind = kindOf(error);
      this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
      this.#fail(startMs, `${requestId}: ${describe(error)}`);
    }
    this.samples.add(startMs, performance.now() - startMs);
  }

  #countWrong(example: string): void {
    this.#wrong++;
    this.#keep(example);
  }

  #fail(startMs: number, example: string): void {
    this.#failureStartsMs.push(startMs);
    this.#keep(example);
  }

  #keep(example: string): void {
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(example.slice(0, MAX_SHOWN_CHARACTERS));
  }
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return [code, message].filter(Boolean).join(' ');
}

const STATUS = /^\d{3}\b/;
const PROBLEM_CODE = /"code":"(FLT_\w+)"/;

/** An answer's status and code, or a system error's code. */
function kindOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const status = STATUS.exec(message)?.[0];
  if (status === undefined) return String(code ?? 'no answer');
  return [status, PROBLEM_CODE.exec(message)?.[1]].filter(Boolean).join(' ');
}
