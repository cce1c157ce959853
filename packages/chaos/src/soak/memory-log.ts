import { median } from '@flotilla/client/quantiles';

/** Parts of a soak whose memory is compared. */
const PARTS = 10;
/** The first parts in which processes still warm up: caches fill, code is compiled. */
const WARM_UP_PARTS = 3;

/** What one process took, part by part. */
export interface MemoryCourse {
  readonly name: string;
  /** Median of each part, in bytes; a part that nobody looked at is left out. */
  readonly partsBytes: readonly number[];
  /** From the end of warming up to the last part. */
  readonly growthBytes: number;
}

/** Keeps what processes took in the course of a soak. */
export class MemoryLog {
  readonly #byName = new Map<string, number[][]>();

  /** @param share - how much of the soak is done, from 0 to 1. */
  add(share: number, memory: ReadonlyMap<string, number>): void {
    const part = Math.min(PARTS - 1, Math.floor(share * PARTS));
    for (const [name, bytes] of memory) {
      const parts = this.#byName.get(name) ?? Array.from({ length: PARTS }, () => []);
      this.#byName.set(name, parts);
      parts[part]?.push(bytes);
    }
  }

  get courses(): MemoryCourse[] {
    return [...this.#byName].map(([name, parts]) => {
      const warm = parts[WARM_UP_PARTS - 1] ?? [];
      const last = parts[PARTS - 1] ?? [];
      const growthBytes = warm.length > 0 && last.length > 0 ? median(last) - median(warm) : 0;
      return { name, partsBytes: parts.filter((part) => part.length > 0).map(median), growthBytes };
    });
  }
}
