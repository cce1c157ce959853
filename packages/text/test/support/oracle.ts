/** The rules of the contract in their plainest form: what the engine must agree with. */
export function cleanNaively(text: string): string {
  let cleaned = '';
  let isBaseKept = false;
  for (const character of text.toLowerCase()) {
    if (/\p{M}/u.test(character)) {
      if (isBaseKept) cleaned += character;
    } else if (/[\p{L}\p{N}]/u.test(character)) {
      cleaned += character;
      isBaseKept = true;
    } else if (/\s/u.test(character)) {
      cleaned += character;
      isBaseKept = false;
    } else if (!/\p{Cf}/u.test(character)) {
      isBaseKept = false;
    }
  }
  return cleaned.replace(/\s+/gu, ' ');
}

/** The same as expressions, as documents and other tests have it. */
export function cleanByExpressions(text: string): string {
  return text
    .toLowerCase()
    .replace(/(^|\s|[^\p{L}\p{M}\p{N}\p{Cf}])[[\p{M}\p{Cf}]--\s]+/gv, '$1')
    .replace(/[^\p{L}\p{M}\p{N}\s]/gu, '')
    .replace(/\s+/gu, ' ');
}

export function countNaively(cleaned: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of cleaned.split(/\s+/u)) {
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

export function topNaively(counts: ReadonlyMap<string, number>, n: number): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0]))).slice(0, n);
}

/** Written key by key: an object literal would move integer-like words to the front. */
export function jsonNaively(counts: ReadonlyMap<string, number>): string {
  return `{${[...counts].map(([word, count]) => `${JSON.stringify(word)}:${count}`).join(',')}}`;
}
