import type { RawHeaders } from '../http1/headers.js';

/** Where the rest of an answer goes that is larger than what is held back. */
export interface AnswerSink {
  /** False: wait for {@link Answer.resume} before more is handed over. */
  data(chunk: Buffer): boolean;
  end(trailers: RawHeaders): void;
  /** The answer broke off. What was passed on must not look whole. */
  fail(error: Error): void;
}

/** An instance's answer that goes to the client: its head, and what was held back of its body. */
export interface Answer {
  readonly status: number;
  readonly headers: RawHeaders;
  /** Bytes as strings of Latin-1, a character a byte: on the heap they cost less than buffers. */
  readonly held: string[];
  /** Whether `held` is the whole body. If not, {@link Answer.stream} gives the rest. */
  readonly isWhole: boolean;
  /** Fields after the body of a whole answer. */
  readonly trailers: RawHeaders;
  stream(sink: AnswerSink): void;
  resume(): void;
}
