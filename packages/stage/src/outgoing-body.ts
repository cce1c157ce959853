import type { Body } from '@flotilla/upstream';

/** The body for the next stage, as a stage's work fills it. */
export class OutgoingBody {
  readonly #body: Body;
  readonly #onPushed: ((bytes: Uint8Array) => void) | undefined;

  /** @param onPushed - Told what it is filled with. */
  constructor(body: Body, onPushed?: (bytes: Uint8Array) => void) {
    this.#body = body;
    this.#onPushed = onPushed;
  }

  /** False: what reads it is behind, and the work should be given no more until it has caught up. */
  get hasRoom(): boolean {
    return this.#body.hasRoom;
  }

  /** Adds bytes, which must not change afterwards. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#body.push(bytes);
    this.#onPushed?.(bytes);
  }

  /** Adds bytes that come in pieces, no faster than they are read, and lets other requests have their turn. */
  async pushAll(chunks: Iterable<Uint8Array>): Promise<void> {
    for (const chunk of chunks) {
      this.push(chunk);
      await this.#body.turn();
    }
  }

  /** Runs sliced work to its end, and lets other requests have their turn between slices. */
  async inTurns<Result>(slices: Generator<unknown, Result>): Promise<Result> {
    for (;;) {
      const step = slices.next();
      if (step.done) return step.value;
      await this.#body.turn();
    }
  }

  end(): void {
    this.#body.end();
  }
}
