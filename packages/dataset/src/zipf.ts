import type { Random } from './random.js';

/**
 * Draws ranks with the frequencies of the Zipf-Mandelbrot law, p(rank) ~ 1 / (rank + shift)^exponent, in constant
 * time by the alias method (Walker 1977, in the form of Vose 1991).
 */
export class ZipfRanks {
  readonly #size: number;
  readonly #threshold: Float64Array;
  readonly #alias: Uint32Array;

  /**
   * @param size how many ranks there are
   * @param exponent slope of the law; about 1 for real languages
   * @param shift Mandelbrot's correction, which flattens the first ranks
   */
  constructor(size: number, exponent: number, shift: number) {
    this.#size = size;
    this.#threshold = new Float64Array(size);
    this.#alias = new Uint32Array(size);
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
    const coin = random.next() / 0x1_0000_0000;
    return coin < (this.#threshold[column] as number) ? column : (this.#alias[column] as number);
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
      this.#threshold[low] = scaled[low] as number;
      this.#alias[low] = high;
      scaled[high] = (scaled[high] as number) + (scaled[low] as number) - 1;
      if ((scaled[high] as number) < 1) small.push(large.pop() as number);
    }
    for (const rank of [...small, ...large]) this.#threshold[rank] = 1;
  }
}
