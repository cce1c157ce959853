import type { Socket } from 'node:net';
import { Connection } from './connection.js';
import type { ConnectionLimits } from './connection-limits.js';
import type { GoAway } from './control-frames.js';
import type { FieldBlock } from './field-block.js';
import { areTrailers, responseHead } from './field-rules.js';
import type { FrameHead } from './frames/frame-reader.js';
import { errorCode, LARGEST_STREAM_ID, PREFACE } from './frames/protocol.js';
import type { DecodedFields } from './hpack/decoder.js';
import { type HeadObserver, Stream, type StreamObserver, tell } from './stream.js';

/** Who has sent a request. */
export interface ResponseObserver extends StreamObserver, HeadObserver {}

/** Who uses a connection. */
export interface ClientOwner {
  /** The peer takes no more streams. Those that it has not worked on are reset as refused after that. */
  onLeaving(): void;
  /** The connection is over, and its streams have been told. */
  onClosed(): void;
  /** The connection ends because of an unexpected error on this side. */
  onFault(error: unknown): void;
}

/** Statuses that are no answer yet (RFC 9110, section 15.2). */
const FIRST_FINAL_STATUS = 200;

/** A connection to a server. Nothing may be asked on it before its socket is open. */
export class ClientConnection extends Connection {
  readonly #owner: ClientOwner;
  #nextStream = 1;

  constructor(socket: Socket, limits: ConnectionLimits, owner: ClientOwner) {
    super(socket, limits);
    this.#owner = owner;
    this.peer.maxEnablePush = 0;
    this.begin(PREFACE);
  }

  /** How many streams the server takes at once. */
  get maxStreams(): number {
    return this.#nextStream > LARGEST_STREAM_ID ? 0 : this.peer.maxStreams;
  }

  /** Sends a request's fields. @param isEnd - It has no body. */
  request(fields: readonly string[], isEnd: boolean, observer: ResponseObserver): Stream {
    const stream = new Stream(this.#nextStream, this, this.peer.windowBytes, false);
    this.#nextStream += 2;
    stream.observer = observer;
    this.streams.add(stream);
    stream.headObserver = observer;
    stream.sendHead(fields, isEnd);
    return stream;
  }

  /** What has arrived. */
  override read(bytes: Buffer): void {
    super.read(bytes);
  }

  /** Data come behind a head. */
  override onDataHead(head: FrameHead): void {
    super.onDataHead(head);
    const stream = this.streams.get(head.stream);
    if (stream?.headObserver) this.fault(stream, errorCode.protocolError);
  }

  protected onFields({ isEnd }: FieldBlock, stream: Stream | undefined, { fields, listBytes }: DecodedFields): void {
    // What still comes on a stream that was reset.
    if (!stream) {
      this.countLateFields();
      return;
    }
    const observer = stream.headObserver;
    const isWhole = listBytes <= this.maxListBytes;
    if (stream.isRemoteEnded) {
      this.fault(stream, errorCode.streamClosed);
      return;
    }
    if (!observer) {
      if (isEnd && isWhole && areTrailers(fields)) this.receiveEnd(stream, fields);
      else this.fault(stream, errorCode.protocolError);
      return;
    }
    const head = responseHead(fields);
    const isFinal = head !== undefined && head.status >= FIRST_FINAL_STATUS;
    if (!head || !isWhole || (isEnd && !isFinal)) {
      this.fault(stream, errorCode.protocolError);
    } else if (isFinal) {
      stream.headObserver = undefined;
      stream.bodyBytes = isEnd ? undefined : head.bodyBytes;
      tell(observer, observer.onHead, head);
      if (isEnd && !stream.isClosed) this.receiveEnd(stream, []);
    }
  }

  /** A server begins none. */
  protected get lastStream(): number {
    return 0;
  }

  protected isIdle(id: number): boolean {
    return id % 2 === 0 || id >= this.#nextStream;
  }

  protected onGoodBye({ lastStream }: GoAway): void {
    // Before anything else: a caller that is told that a stream was refused may start another.
    this.#owner.onLeaving();
    for (const stream of this.streams.all()) {
      if (stream.id <= lastStream || stream.isClosed) continue;
      this.remove(stream, true);
      stream.close('reset', errorCode.refusedStream);
    }
  }

  protected onClosed(): void {
    this.#owner.onClosed();
  }

  protected onFault(error: unknown): void {
    this.#owner.onFault(error);
  }

  protected onRemoved(): void {}

  /** Its answer may have come before. */
  protected onLocalEnd(stream: Stream): void {
    if (stream.isRemoteEnded && !stream.isClosed) stream.close('whole', errorCode.noError);
  }
}
