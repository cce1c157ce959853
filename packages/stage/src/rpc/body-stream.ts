import { type BodyLimit, type BodySink, type InboundRequest, type Receiving, tooLarge } from '@flotilla/http-server';

/** A body that is handed on as it comes, by plain events. It is received at once, or never. */
export class BodyStream implements Pick<InboundRequest, 'receive'> {
  /** False: what takes it is behind, and tells when it is not. */
  hasRoom = true;
  readonly #resume: () => void;
  #sink: BodySink | undefined;
  #limit: BodyLimit | undefined;
  #givenBytes = 0;

  /** @param resume - Called when there is room again. */
  constructor(resume: () => void) {
    this.#resume = resume;
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    this.#sink = sink;
    this.#limit = limit;
    return {
      resume: () => {
        this.hasRoom = true;
        this.#resume();
      },
    };
  }

  push(chunk: Buffer): void {
    if (!this.#sink || !this.#limit) return;
    this.#givenBytes += chunk.length;
    try {
      if (this.#givenBytes > this.#limit.maxBytes) throw tooLarge(this.#limit);
      this.hasRoom = this.#sink.chunk(chunk);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  end(): void {
    this.#sink?.end([]);
    this.#sink = undefined;
  }

  #fail(error: Error): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.hasRoom = true;
    sink?.fail(error);
  }
}
