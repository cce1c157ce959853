import { Random } from './random.js';
import type { TextWriter } from './text-writer.js';
import { buildForeignWords, buildVocabulary, inventWord } from './vocabulary.js';
import { WordStore } from './word-store.js';
import { ZipfRanks } from './zipf.js';

/** Slope and shift of the rank-frequency curve, near what is measured for English prose. */
const EXPONENT = 1.07;
const SHIFT = 2.7;

const FOREIGN_WORDS = 0.004;
const RARE_WORDS = 0.004;
const NUMBERS = 0.005;
const UNLISTED_WORDS = FOREIGN_WORDS + RARE_WORDS + NUMBERS;
const COMPOUNDS = 0.004;
const NAMES = 0.03;
const POSSESSIVES = 0.008;
const COMMAS = 0.07;
const DASHES = 0.004;
const QUOTED_SENTENCES = 0.25;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const COMMA = encode(',');
const HYPHEN = encode('-');
const DASH = encode('\u2014');
const OPEN_QUOTE = encode('\u201c');
const CLOSE_QUOTE = encode('\u201d');
const POSSESSIVE_FORMS = [encode("'s"), encode("'s"), encode('\u2019s')];
const SENTENCE_ENDS = ['.', '.', '.', '.', '.', '?', '!', ';', ':'].map(encode);

let language: { words: WordStore; ranks: ZipfRanks; foreign: WordStore; foreignRanks: ZipfRanks } | undefined;

function loadLanguage(): NonNullable<typeof language> {
  if (language === undefined) {
    const words = buildVocabulary();
    const foreign = buildForeignWords();
    language = {
      words: new WordStore(words),
      ranks: new ZipfRanks(words.length, EXPONENT, SHIFT),
      foreign: new WordStore(foreign),
      foreignRanks: new ZipfRanks(foreign.length, EXPONENT, SHIFT),
    };
  }
  return language;
}

/** Writes prose, sentence after sentence, for as long as it is asked. */
export class Prose {
  readonly #random: Random;
  readonly #out: TextWriter;
  readonly #language = loadLanguage();
  #sentencesLeft: number;

  constructor(seed: number, out: TextWriter) {
    this.#random = new Random(seed);
    this.#out = out;
    this.#sentencesLeft = 3 + this.#random.below(6);
  }

  sentence(): void {
    const quoted = this.#random.chance(QUOTED_SENTENCES);
    if (quoted) this.#out.raw(OPEN_QUOTE);
    const wordCount = 4 + this.#random.below(12) + this.#random.below(12);
    for (let word = 0; word < wordCount; word++) {
      if (word > 0) this.#separator();
      this.#word(word === 0);
    }
    this.#out.raw(SENTENCE_ENDS[this.#random.below(SENTENCE_ENDS.length)] as Uint8Array);
    if (quoted) this.#out.raw(CLOSE_QUOTE);
    this.#endSentence();
  }

  #endSentence(): void {
    this.#sentencesLeft--;
    if (this.#sentencesLeft > 0) {
      this.#out.space();
    } else {
      this.#sentencesLeft = 3 + this.#random.below(6);
      this.#out.paragraph();
    }
  }

  #separator(): void {
    const dice = this.#random.next() / 0x1_0000_0000;
    if (dice < DASHES) {
      this.#out.raw(DASH);
      return;
    }
    if (dice < DASHES + COMMAS) this.#out.raw(COMMA);
    this.#out.space();
  }

  #word(first: boolean): void {
    const dice = this.#random.next() / 0x1_0000_0000;
    if (dice >= UNLISTED_WORDS) this.#listedWord(first || dice > 1 - NAMES);
    else if (dice < FOREIGN_WORDS) this.#foreignWord();
    else if (dice < FOREIGN_WORDS + RARE_WORDS) this.#rareWord();
    else this.#number();
  }

  #rareWord(): void {
    this.#out.raw(encode(inventWord(this.#random, 2 + this.#random.below(3))));
  }

  #listedWord(capital: boolean): void {
    this.#out.word(this.#language.words, this.#language.ranks.draw(this.#random), capital);
    const dice = this.#random.next() / 0x1_0000_0000;
    if (dice < POSSESSIVES) {
      this.#out.raw(POSSESSIVE_FORMS[this.#random.below(POSSESSIVE_FORMS.length)] as Uint8Array);
    } else if (dice < POSSESSIVES + COMPOUNDS) {
      this.#out.raw(HYPHEN);
      this.#listedWord(false);
    }
  }

  #foreignWord(): void {
    this.#out.word(this.#language.foreign, this.#language.foreignRanks.draw(this.#random), this.#random.chance(0.3));
  }

  /** A year, a small number, or a price with separators. */
  #number(): void {
    const kind = this.#random.below(3);
    if (kind === 0) this.#out.raw(encode(String(1700 + this.#random.below(330))));
    else if (kind === 1) this.#out.raw(encode(String(this.#random.below(100))));
    else this.#out.raw(encode(`${1 + this.#random.below(999)},${100 + this.#random.below(900)}`));
  }
}
