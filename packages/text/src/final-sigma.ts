import { CASED, IGNORABLE, lookUp } from './code-points.js';
import { decodeAt, lengthOfLead } from './utf8.js';

/**
 * The two halves of Unicode's Final_Sigma condition (The Unicode Standard, 3.13, table 3-17): a capital sigma becomes
 * a final one when a cased letter stands before it and none after it, looking through case-ignorable characters. As in
 * ICU, a character that is both cased and case-ignorable is looked through.
 */

/**
 * Whether the first character that counts before `at` is cased.
 *
 * @param from where the span begins; nothing before it is read
 * @param carried the answer for `from`, from earlier spans
 */
export function isCasedBefore(bytes: Uint8Array, from: number, at: number, carried: boolean): boolean {
  let position = at;
  while (position > from) {
    position--;
    while (((bytes[position] as number) & 0xc0) === 0x80) position--;
    const entry = lookUp(decodeAt(bytes, position));
    if ((entry & IGNORABLE) === 0) return (entry & CASED) !== 0;
  }
  return carried;
}

/** Whether the first character that counts from `at` is cased; undefined when the span ends before one comes. */
export function isCasedAfter(bytes: Uint8Array, at: number, to: number): boolean | undefined {
  let position = at;
  while (position < to) {
    const entry = lookUp(decodeAt(bytes, position));
    if ((entry & IGNORABLE) === 0) return (entry & CASED) !== 0;
    position += lengthOfLead(bytes[position] as number);
  }
  return undefined;
}
