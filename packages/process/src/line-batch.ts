/** Where whole batches go. */
interface LineSink {
  write(text: string): unknown;
}

/**
 * Gathers log lines and hands them on many at a time. What writes them measures all that waits, with each piece that it
 * is given: a line at a time, that was a twelfth of what a balancer's request cost.
 */
export class LineBatch {
  readonly #sink: LineSink;
  readonly #maxLength: number;
  #text = '';

  /** @param maxLength - In characters: a batch this long is handed on at once. */
  constructor(sink: LineSink, maxLength: number) {
    this.#sink = sink;
    this.#maxLength = maxLength;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#text.length >= this.#maxLength) this.flush();
  }

  /** Hands on what there is. */
  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#sink.write(text);
  }
}
