import type { ResponseHead } from './field-rules.js';
import { heldBytes } from './held-bytes.js';
import { ReceiveBuffer } from './receive-buffer.js';
import { ReceiveWindow } from './receive-window.js';
import { SendQueue } from './send-queue.js';

/** How a stream has ended: both sides have sent all, one has given it up, or the connection is gone. */
export type StreamEnding = 'whole' | 'reset' | 'lost';

/** Who uses a stream. */
export interface StreamObserver {
  /** @param view - Only valid during the call: an implementation that keeps it copies it. */
  onData(view: Buffer): void;
  /** The peer has sent all. @param trailers - Fields after the body. */
  onEnd(trailers: readonly string[]): void;
  /** More can be sent, after {@link Stream.write} has said otherwise. */
  onWritable(): void;
  /**
   * Nothing more is sent or received. A message that came whole may still be handed over afterwards, if its reader was not ready
   * for it.
   *
   * @param code - Of a stream that was reset: of `errorCode`.
   */
  onClosed(ending: StreamEnding, code: number): void;
  /** One of the others has thrown. It concerns no other stream of the connection. */
  onFault(error: unknown): void;
}

/** Tells an observer something. What it throws is its own affair. */
export function tell<Observer extends Pick<StreamObserver, 'onFault'>, Argument>(
  observer: Observer,
  method: (this: Observer, argument: Argument) => void,
  argument: Argument,
): void {
  try {
    method.call(observer, argument);
  } catch (error) {
    observer.onFault(error);
  }
}

/** Who waits for the first fields of a response. */
export interface HeadObserver extends Pick<StreamObserver, 'onFault'> {
  onHead(head: ResponseHead): void;
}

/** What a stream needs of its connection. */
export interface StreamCarrier {
  /** What a peer may send before more is given. */
  readonly streamWindowBytes: number;
  /** Nothing more can be sent on it, though its streams may not have been told yet. */
  readonly isGone: boolean;
  sendHead(stream: Stream, fields: readonly string[], isEnd: boolean): void;
  /** The stream has more to send. */
  sendMore(stream: Stream): void;
  giveWindow(stream: Stream, bytes: number): void;
  reset(stream: Stream, code: number): void;
}

/** How much may wait on one stream, in bytes, before writers are asked to wait. */
const HIGH_WATER_BYTES = 64 * 1024;
const NO_TRAILERS: readonly string[] = [];
/** One exchange on a connection (RFC 9113, section 5). */
export class Stream {
  readonly id: number;
  observer: StreamObserver | undefined;
  /** Until the final head of a response has come. */
  headObserver: HeadObserver | undefined;
  /** What may be sent on it. It falls below 0 if the peer takes back what it gave. */
  sendWindow: number;
  readonly queue = new SendQueue();
  /** Whether this side has said that nothing more comes, and whether it has been sent. */
  isEnding = false;
  isLocalEnded = false;
  isRemoteEnded = false;
  isClosed = false;
  trailers: readonly string[] = NO_TRAILERS;
  /** What the peer has announced, and what has come. */
  bodyBytes: number | undefined;
  receivedBytes = 0;
  readonly #carrier: StreamCarrier;
  readonly #window: ReceiveWindow;
  #isPaused: boolean;
  readonly #held = new ReceiveBuffer();
  #heldBytes = 0;
  #heldTrailers: readonly string[] | undefined;
  #awaitsDrain = false;

  /** @param isPaused - Whether the reader is not ready for what comes. */
  constructor(id: number, carrier: StreamCarrier, sendWindow: number, isPaused: boolean) {
    this.id = id;
    this.#carrier = carrier;
    this.sendWindow = sendWindow;
    this.#window = new ReceiveWindow(carrier.streamWindowBytes);
    this.#isPaused = isPaused;
  }

  /** Whether nothing can be sent on it any more, be it for the connection's sake. */
  get isGone(): boolean {
    return this.isClosed || this.#carrier.isGone;
  }

  /** Sends the first fields. @param isEnd - Nothing follows. */
  sendHead(fields: readonly string[], isEnd: boolean): void {
    if (this.isClosed) return;
    if (isEnd) this.isEnding = true;
    this.#carrier.sendHead(this, fields, isEnd);
  }

  /** @param chunk - Must not change afterwards. @returns False: wait for `onWritable` before more is written. */
  write(chunk: Buffer): boolean {
    if (this.isClosed || this.isEnding) return true;
    this.queue.push(chunk);
    this.#carrier.sendMore(this);
    this.#awaitsDrain = this.queue.bytes >= HIGH_WATER_BYTES;
    return !this.#awaitsDrain;
  }

  /** @param chunk - The last one. @param trailers - Fields after the body. */
  end(chunk?: Buffer, trailers: readonly string[] = NO_TRAILERS): void {
    if (this.isClosed || this.isEnding) return;
    if (chunk) this.queue.push(chunk);
    this.isEnding = true;
    this.trailers = trailers;
    this.#carrier.sendMore(this);
  }

  /** Gives it up. @param code - Of `errorCode`. */
  reset(code: number): void {
    if (this.isClosed) return;
    this.#held.clear();
    this.#uncount();
    this.#heldTrailers = undefined;
    this.#carrier.reset(this, code);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#held.isEmpty && !this.#isPaused) {
      const chunk = this.#held.shift();
      this.#count(-chunk.length);
      this.#tellData(chunk);
      this.#used(chunk.length);
    }
    this.#endIfDue();
  }

  /** What was received and not read yet, in bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** What of the data that have come was read by the application, in bytes. */
  get takenBytes(): number {
    return this.receivedBytes - this.#heldBytes;
  }

  /** To be called when the queue was sent, or a part of it. */
  sent(): void {
    if (!this.#awaitsDrain || this.queue.bytes > 0) return;
    this.#awaitsDrain = false;
    if (this.observer) tell(this.observer, this.observer.onWritable, undefined);
  }

  /** Of a frame of data, padding included. @returns False if the peer was not given so much. */
  takeWindow(bytes: number): boolean {
    return this.#window.take(bytes);
  }

  /** Hands data over, or keeps them until the reader is ready. */
  receive(view: Buffer): void {
    this.receivedBytes += view.length;
    if (this.#isPaused || !this.#held.isEmpty) {
      this.#held.push(view);
      this.#count(view.length);
      return;
    }
    this.#tellData(view);
    this.#used(view.length);
  }

  /** What padding took of the window is free again. */
  returnPadding(bytes: number): void {
    if (bytes > 0) this.#used(bytes);
  }

  /** The peer has sent all. */
  receiveEnd(trailers: readonly string[]): void {
    this.isRemoteEnded = true;
    this.#heldTrailers = trailers;
    this.#endIfDue();
  }

  /** To be called once, when nothing more is sent or received. */
  close(ending: StreamEnding, code: number): void {
    this.isClosed = true;
    this.#awaitsDrain = false;
    this.queue.clear();
    // What has come whole is still handed over, and no longer counted: a reader that does not want it ignores it.
    if (!this.isRemoteEnded) this.#held.clear();
    this.#uncount();
    try {
      this.observer?.onClosed(ending, code);
    } catch (error) {
      this.observer?.onFault(error);
    }
  }

  #count(bytes: number): void {
    if (this.isClosed) return;
    this.#heldBytes += bytes;
    if (bytes > 0) heldBytes.add(bytes);
    else heldBytes.giveBack(-bytes);
  }

  #uncount(): void {
    heldBytes.giveBack(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #endIfDue(): void {
    const trailers = this.#heldTrailers;
    if (!trailers || this.#isPaused || !this.#held.isEmpty) return;
    this.#heldTrailers = undefined;
    if (this.observer) tell(this.observer, this.observer.onEnd, trailers);
  }

  #tellData(view: Buffer): void {
    if (this.observer) tell(this.observer, this.observer.onData, view);
  }

  #used(bytes: number): void {
    if (this.isRemoteEnded || this.isClosed) return;
    const returned = this.#window.use(bytes);
    if (returned > 0) this.#carrier.giveWindow(this, returned);
  }
}
