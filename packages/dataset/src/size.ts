const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/**
 * Reads a size as people write it.
 *
 * @param text a number and a unit: `32MB` (decimal: 32,000,000), `32MiB` (binary: 33,554,432), `1.5 GB`, `64KB`,
 *   `512`. Letter case and a space before the unit do not matter.
 * @returns bytes
 * @throws RangeError when the text is no such size, or not a whole number of bytes
 */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(text.trim().toLowerCase());
  const unit = match === null ? undefined : UNIT_BYTES[match[2] as string];
  if (match === null || unit === undefined) {
    throw new RangeError(`Not a size: ${JSON.stringify(text)}. Write a number and B, KB, MB, GB, KiB, MiB or GiB.`);
  }
  const bytes = Number(match[1]) * unit;
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`${JSON.stringify(text)} is not a whole number of bytes.`);
  return bytes;
}
