const HEAD_END = '\r\n\r\n';

/**
 * Finds whole HTTP/1.1 messages in what a socket brings. It knows bodies with a Content-Length and nothing else, which
 * is what there is between a load generator and an upstream of our own: a real parser would cost more than they do.
 */
export class HttpMessages {
  readonly #onMessage: (head: string, bodyBytes: number) => void;
  #rest: Buffer | undefined;

  constructor(onMessage: (head: string, bodyBytes: number) => void) {
    this.#onMessage = onMessage;
  }

  write(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let start = 0;
    for (;;) {
      const headEnd = bytes.indexOf(HEAD_END, start);
      if (headEnd < 0) break;
      const head = bytes.toString('latin1', start, headEnd);
      const bodyBytes = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + HEAD_END.length + bodyBytes;
      if (end > bytes.length) break;
      start = end;
      this.#onMessage(head, bodyBytes);
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : undefined;
  }
}
