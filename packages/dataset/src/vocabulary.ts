import { FUNCTION_WORDS } from './function-words.js';
import { Random } from './random.js';

// What stands twice comes twice as often.
const ONSETS = 'b c d f g h l m n p r s t v w b c d f g h l m n p r s t w l n r s t m ch br cr gr pr st tr sh th'.split(
  ' ',
);
const VOWELS = 'a e i o u a e i o a e i o ea ou'.split(' ');
const CODAS = ['', '', '', ...'n r l s t d m n r l s t nd nt st'.split(' ')];
const ENDINGS = ['', '', '', '', '', '', ...'s s ed ed ing er ly ness'.split(' ')];

const ACCENTS: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'ï', o: 'ö', u: 'ü', c: 'ç', n: 'ñ' };
const CYRILLIC = 'абвгдежзиклмнопрстуфхчшья';
const GREEK = 'αβγδεζηθικλμνοπρστυφχψωάέίό';
const HAN_FIRST = 0x4e00;
const HAN_COUNT = 3_000;

/** The words of a made-up language, most frequent first. It never changes: the seed of a text picks words from it. */
const VOCABULARY_SIZE = 80_000;
const FOREIGN_SIZE = 3_000;
/** One generated word in this many carries an accent. */
const ACCENTED_EVERY = 30;

const pick = <T>(random: Random, choices: ArrayLike<T>): T => choices[random.below(choices.length)] as T;

/** A pronounceable word of the given number of syllables. */
export function inventWord(random: Random, syllables: number): string {
  let word = '';
  for (let syllable = 0; syllable < syllables; syllable++) {
    word += pick(random, ONSETS) + pick(random, VOWELS) + (syllable === syllables - 1 ? pick(random, CODAS) : '');
  }
  return word + (syllables > 1 ? pick(random, ENDINGS) : '');
}

function accent(word: string): string {
  return word.replace(/[aeioucn]/, (letter) => ACCENTS[letter] ?? letter);
}

function collect(size: number, first: readonly string[], make: (rank: number) => string): string[] {
  const words = new Set(first);
  while (words.size < size) words.add(make(words.size));
  return [...words];
}

/** English function words first, then invented ones that grow longer with their rank, as in real languages. */
export function buildVocabulary(): string[] {
  const random = new Random(1);
  return collect(VOCABULARY_SIZE, FUNCTION_WORDS, (rank) => {
    const word = inventWord(random, 1 + random.below(rank < 2_500 ? 2 : 3));
    return rank % ACCENTED_EVERY === 0 ? accent(word) : word;
  });
}

/** Words of other scripts: Cyrillic, Greek and Han in turn. */
export function buildForeignWords(): string[] {
  const random = new Random(2);
  const spell = (letters: string): string => {
    let word = '';
    for (let length = 2 + random.below(8); length > 0; length--) word += pick(random, letters);
    return word;
  };
  const han = (): string =>
    String.fromCodePoint(...Array.from({ length: 2 + random.below(3) }, () => HAN_FIRST + random.below(HAN_COUNT)));
  return collect(
    FOREIGN_SIZE,
    [],
    (rank) => [() => spell(CYRILLIC), () => `${spell(GREEK)}ς`, han][rank % 3]?.() ?? '',
  );
}
