/** How much one table may hold. */
export interface TableLimits {
  /** Longest word in bytes of UTF-8, at least 1. Default 1 MiB. */
  readonly maxWordBytes: number;
  /** How many different words, at least 1, at most 33 million. Default 20 million. */
  readonly maxUniqueWords: number;
}

/** How much a cleaner may hold back. */
export interface CleanerLimits {
  /**
   * Bytes of cleaned text held back while a capital sigma waits to learn whether its word ends. The held text is
   * always part of one word. Default 1 MiB, the longest word that a table takes.
   */
  readonly maxHeldBytes: number;
}

export const DEFAULT_TABLE_LIMITS: TableLimits = { maxWordBytes: 1024 * 1024, maxUniqueWords: 20_000_000 };
export const DEFAULT_CLEANER_LIMITS: CleanerLimits = { maxHeldBytes: 1024 * 1024 };

const MAX_LIMITS: Readonly<Record<string, number>> = {
  maxHeldBytes: 2 ** 30,
  maxWordBytes: 2 ** 30,
  // Ids of words have 25 bits in a slot of the index.
  maxUniqueWords: 33_000_000,
};

/** @throws RangeError when a limit is unknown, or no whole number from 1 to its maximum */
export function checkLimits<Limits extends object>(limits: Limits): Limits {
  for (const [name, value] of Object.entries(limits)) {
    const max = MAX_LIMITS[name];
    if (max === undefined) throw new RangeError(`There is no limit called ${JSON.stringify(name)}`);
    if (!Number.isInteger(value) || value < 1 || value > max) {
      throw new RangeError(`${name} must be a whole number from 1 to ${max}, got ${value}`);
    }
  }
  return limits;
}
