const encoder = new TextEncoder();

/** Words as bytes in one block, each also with a capital, so that a text is written by copying and nothing else. */
export class WordStore {
  readonly bytes: Uint8Array;
  /** `starts[2 * i]` is where word i begins, `starts[2 * i + 1]` where its capitalised form does. */
  readonly starts: Uint32Array;

  constructor(words: readonly string[]) {
    this.starts = new Uint32Array(words.length * 2 + 1);
    const parts: Uint8Array[] = [];
    let length = 0;
    words.forEach((word, index) => {
      for (const [offset, form] of [word, capitalise(word)].entries()) {
        const bytes = encoder.encode(form);
        this.starts[index * 2 + offset] = length;
        length += bytes.length;
        parts.push(bytes);
      }
    });
    this.starts[words.length * 2] = length;
    this.bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
  }
}

function capitalise(word: string): string {
  const [first = ''] = word;
  return first.toUpperCase() + word.slice(first.length);
}
