import type { Random } from './random.js';

const MAX_UINT32 = 0xffff_ffff;

/**
 * Draws ranks with the frequencies of the Zipf-Mandelbrot law, p(rank) ~ 1 / (rank + shift)^exponent, in constant
 * time by the alias method (Walker 1977, in the form of Vose 1991).
 */
export class ZipfRanks {
  readonly #size: number;
  /** For each column its threshold, as a share of 2^32, and its alias: side by side, so that a draw reads one place. */
  readonly #columns: Uint32Array;

  /**
   * @param size how many ranks there are
   * @param exponent slope of the law; about 1 for real languages
   * @param shift Mandelbrot's correction, which flattens the first ranks
   */
  constructor(size: number, exponent: number, shift: number) {
    this.#size = size;
    this.#columns = new Uint32Array(2 * size);
    const weights = new Float64Array(size);
    let total = 0;
    for (let rank = 0; rank < size; rank++) {
      weights[rank] = (rank + 1 + shift) ** -exponent;
      total += weights[rank] as number;
    }
    this.#build(weights.map((weight) => (weight * size) / total));
  }

  /** A rank from 0 (the most frequent) to size - 1. */
  draw(random: Random): number {
    const column = Math.floor((random.next() / 0x1_0000_0000) * this.#size);
    const keeps = random.next() < (this.#columns[2 * column] as number);
    return keeps ? column : (this.#columns[2 * column + 1] as number);
  }

  #build(scaled: Float64Array): void {
    const small: number[] = [];
    const large: number[] = [];
    scaled.forEach((weight, rank) => {
      (weight < 1 ? small : large).push(rank);
    });
    while (small.length > 0 && large.length > 0) {
      const low = small.pop() as number;
      const high = large.at(-1) as number;
      this.#columns[2 * low] = (scaled[low] as number) * MAX_UINT32;
      this.#columns[2 * low + 1] = high;
      scaled[high] = (scaled[high] as number) + (scaled[low] as number) - 1;
      if ((scaled[high] as number) < 1) small.push(large.pop() as number);
    }
    // What rounding leaves over has weight 1: its alias is itself.
    for (const rank of [...small, ...large]) this.#columns.fill(rank, 2 * rank, 2 * rank + 2);
  }
}
