import { type KnownText, wrongIn } from '../../packages/chaos/dist/load/known-text.js';

/** Holds every answer against what is right, at the price of comparing bytes. */
export class AnswerCheck {
  readonly #texts: readonly KnownText[];
  readonly #rightAnswers: (Buffer | undefined)[] = [];

  constructor(texts: readonly KnownText[]) {
    this.#texts = texts;
  }

  /**
   * The first answer about a text is read member by member. The same text with the same id has the same answer to the
   * byte, so later ones are compared with the first.
   *
   * @returns what is wrong with it; undefined: nothing.
   */
  wrongIn(text: number, answer: Buffer): string | undefined {
    const right = this.#rightAnswers[text];
    if (right) return right.equals(answer) ? undefined : `it differs from an earlier one: ${answer}`;
    const { expected } = this.#texts[text] as KnownText;
    const wrong = wrongIn(answer.toString(), expected, requestIdOf(text));
    if (wrong === undefined) this.#rightAnswers[text] = Buffer.from(answer);
    return wrong;
  }
}

/** The id of every request with this text. */
export function requestIdOf(text: number): string {
  return `bench-${text}`;
}
