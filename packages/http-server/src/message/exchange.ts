/**
 * Where what is thrown ends up while a request is handled: it fails that request, and nothing else. Whatever of a request is
 * called by something else than its own handler, by a connection, a timer, or another request, is called through the
 * functions of `boundary.ts`, which tell this one.
 */
export interface FaultTaker {
  /** Takes what was thrown. It throws nothing itself. */
  fault(error: unknown): void;
}

/** Header fields as they came: name, value, name, value, … */
export type RawFields = readonly string[];

/** Where a request's body goes as it arrives. */
export interface BodySink {
  /** False: wait for {@link Receiving.resume} before more is handed over. What it throws ends the receiving. */
  chunk(chunk: Buffer): boolean;
  /** What it throws, at once or later, is told to {@link fail}. @param rawTrailers - Fields after the body. */
  end(rawTrailers: readonly string[]): void | Promise<void>;
  fail(error: Error): void;
}

/** A body that is being received. */
export interface Receiving {
  resume(): void;
}

/** The most that a body may have, and which setting says so. */
export interface BodyLimit {
  readonly maxBytes: number;
  readonly setting: string;
}

/** A request to the route that a process is there for, however its bytes were read. */
export interface InboundRequest {
  /** Path and query. */
  readonly url: string;
  /** `1.0`, `1.1` or `2.0`. */
  readonly httpVersion: string;
  readonly rawHeaders: RawFields;
  /** The address of the caller's end of the connection. */
  readonly remoteAddress: string | undefined;
  /** A field's value, several of them joined by commas. @param name - In lower case. */
  header(name: string): string | undefined;
  /** Hands the body over as it arrives. See {@link BodySink}. */
  receive(limit: BodyLimit, sink: BodySink): Receiving;
}

/** The response to it: one that is whole is {@link send | sent}; any other is started, written, and ended or aborted. */
export interface OutboundResponse extends FaultTaker {
  /** Whether its head has gone out. */
  readonly hasStarted: boolean;
  /** Called once: with true when all of it has been handed to the kernel, with false if the client left before. */
  onClose(callback: (isWhole: boolean) => void): void;
  /** The connection takes no other request afterwards. */
  closeAfterwards(): void;
  /**
   * Sends a whole response, head and body in one write.
   *
   * @param headers - Without the length of the body.
   * @param body - A character a byte (Latin-1): on the heap that costs less than a buffer.
   */
  send(status: number, headers: string[], body: string): void;
  begin(status: number, headers: string[]): void;
  /** @returns False: wait for {@link onDrain} before more is written. */
  write(chunk: Buffer): boolean;
  onDrain(callback: () => void): void;
  /** @param trailers - Fields after the body. They are only sent if it goes out in chunks. */
  end(trailers: RawFields): void;
  /** Breaks it off, by a reset: to a client of HTTP/1.0 an ordinary close is the end of a whole response. */
  abort(): void;
}

/** Statuses without a body, whose length would be that of another (304) or must not be said (204): RFC 9110, 8.6. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}
