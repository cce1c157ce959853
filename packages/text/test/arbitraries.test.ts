import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from './support/arbitraries.js';
import { cleanNaively } from './support/oracle.js';

/** What the property tests are worth depends on what their texts hold. */
describe('the random texts', () => {
  const samples = fc.sample(text, { numRuns: 2_000, seed: 1 });
  const share = (holds: (source: string) => boolean): number => samples.filter(holds).length / samples.length;

  it.each<[string, (source: string) => boolean]>([
    [
      'a sigma that becomes final',
      (source) => source.includes('Σ') && /ς/.test(cleanNaively(source.replace(/ς/g, ''))),
    ],
    ['a sigma that does not', (source) => source.includes('Σ') && /σ/.test(cleanNaively(source.replace(/σ/g, '')))],
    ['a sigma that looks through characters behind it', (source) => /\p{Cased}Σ\p{Case_Ignorable}+\p{L}/u.test(source)],
    ['a sigma that looks through characters before it', (source) => /\p{Lu}\p{Case_Ignorable}+Σ/u.test(source)],
    ['a sigma at the end', (source) => /Σ\p{Case_Ignorable}*$/u.test(source)],
    ['dropped characters between white space', (source) => /\s[^\p{L}\p{M}\p{N}\s]+\s/u.test(source)],
    ['white space beyond ASCII', (source) => /[^\S\0-\x7f]/.test(source)],
    ['lower case that grows', (source) => /[İȺȾ]/.test(source)],
    ['lower case that shrinks', (source) => /[KÅΩẞ]/.test(source)],
    ['letters beyond the basic plane', (source) => /[\u{10000}-\u{1ffff}]/u.test(source)],
    ['a stretch of 32 plain bytes', (source) => /[\0-\x7f]{32}/.test(source)],
    ['a word of more than eight bytes', (source) => /[a-z]{9}/.test(cleanNaively(source))],
    ['a control character in a word', (source) => source.includes('\0') || source.includes('\u001f')],
  ])('often hold %s', (_, holds) => {
    expect(share(holds)).toBeGreaterThan(0.03);
  });
});
