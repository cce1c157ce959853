/** What a stream has to send and may not yet. */
export class SendQueue {
  bytes = 0;
  #chunks: Buffer[] = [];
  #first = 0;

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.bytes += chunk.length;
  }

  /** Takes the next bytes. @param count - At most what there is. @param each - Is given them in pieces. */
  take(count: number, each: (chunk: Buffer) => void): void {
    let left = count;
    this.bytes -= count;
    while (left > 0) {
      const chunk = this.#chunks[this.#first] as Buffer;
      if (chunk.length > left) {
        each(chunk.subarray(0, left));
        this.#chunks[this.#first] = chunk.subarray(left);
        return;
      }
      each(chunk);
      left -= chunk.length;
      this.#first++;
    }
    if (this.bytes === 0) this.clear();
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.bytes = 0;
  }
}
