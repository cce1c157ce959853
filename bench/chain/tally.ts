import { ascending, quantile } from '../../client/dist/quantiles.js';
import type { LoadResult } from './load.ts';

const MAX_EXAMPLES = 5;
const MAX_SHOWN_CHARACTERS = 300;

/** What connections count together while a load generator runs. */
export class Tally {
  readonly #latenciesMs: number[] = [];
  readonly #examples: string[] = [];
  #failed = 0;
  #wrong = 0;

  /** An answer has come, whatever it is. */
  answered(ms: number): void {
    this.#latenciesMs.push(ms);
  }

  /** None came, or one that is an error. */
  failed(example: string): void {
    this.#failed++;
    this.#keep(example);
  }

  wrong(example: string): void {
    this.#wrong++;
    this.#keep(example);
  }

  /** What it all came to. */
  result(): Omit<LoadResult, 'seconds' | 'generatorCpuNs'> {
    const sorted = ascending(this.#latenciesMs);
    const at = (share: number) => (sorted.length === 0 ? 0 : quantile(sorted, share));
    const counts = { failed: this.#failed, wrong: this.#wrong, examples: this.#examples };
    return { requests: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), ...counts };
  }

  #keep(example: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(example.slice(0, MAX_SHOWN_CHARACTERS));
  }
}
