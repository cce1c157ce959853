const HEAD_END = '\r\n\r\n';

/**
 * Finds whole HTTP/1.1 messages in what a socket brings. It knows bodies with a Content-Length and nothing else, which
 * is what there is between a load generator and the fleet, or an upstream of our own: a real parser would cost more than they do.
 */
export class HttpMessages {
  readonly #onMessage: (head: string, body: Buffer) => void;
  #rest: Buffer | undefined;

  /** @param onMessage - told of each; the body is memory that the socket may use again. */
  constructor(onMessage: (head: string, body: Buffer) => void) {
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
      this.#onMessage(head, bytes.subarray(end - bodyBytes, end));
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : undefined;
  }
}
