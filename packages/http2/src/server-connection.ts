import type { Socket } from 'node:net';
import { Connection } from './connection.js';
import type { ConnectionLimits } from './connection-limits.js';
import type { GoAway } from './control-frames.js';
import type { FieldBlock } from './field-block.js';
import { areTrailers, type RequestHead, requestHead } from './field-rules.js';
import { ConnectionFault, errorCode, PREFACE } from './frames/protocol.js';
import type { DecodedFields } from './hpack/decoder.js';
import { Stream } from './stream.js';

/** A request that has started. */
export interface InboundStream {
  /** Its body waits until it is resumed. */
  readonly stream: Stream;
  readonly head: RequestHead;
  /** Its fields were more than a request may have: those that were too many are not there. */
  readonly isTooLarge: boolean;
}

export interface ServerLimits extends ConnectionLimits {
  /** Requests under way. */
  readonly maxStreams: number;
  /** Beyond this, what waits to be sent is too much for more to be started. */
  readonly maxQueuedBytes: number;
}

/** Who answers the requests of a connection. */
export interface ServerOwner {
  onRequest(request: InboundStream): void;
  /** The connection is over. */
  onClosed(connection: ServerConnection): void;
  /** The connection ends because of an unexpected error on this side. */
  onFault(error: unknown): void;
}

/**
 * As many times as there may be streams there may be such whose answers have not all gone out: their client may know of
 * an end before this side knows that it does. One that does not read them is answered no more.
 */
const MAX_UNSENT_PART = 2;
/** With fewer streams than this what waits is not added up. */
const FEW_STREAMS = 8;

/** A connection that a client has opened. */
export class ServerConnection extends Connection {
  readonly #owner: ServerOwner;
  readonly #limits: ServerLimits;
  /** What of the client's preface is still to come. */
  #prefaceLeft = PREFACE.length;
  #isLeaving = false;
  /** Of those that have come, and of those that were taken: a server that has sent GOAWAY takes no more. */
  #lastSeen = 0;
  #lastStream = 0;
  /** Streams all of which was sent, but for what is not with the kernel yet. */
  #unsent = 0;

  /** @param first - What has come, which is known to begin with the preface. */
  constructor(socket: Socket, first: Buffer, limits: ServerLimits, owner: ServerOwner) {
    super(socket, limits);
    this.#owner = owner;
    this.#limits = limits;
    this.begin();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#take(first);
  }

  /**
   * The client is told to begin nothing more, and which of its streams is the last that is answered (RFC 9113, section
   * 6.8). What has started goes on; then the connection is closed.
   */
  close(): void {
    if (this.#isLeaving || this.isClosed) return;
    this.#isLeaving = true;
    this.goAway(errorCode.noError);
    this.#endIfDone();
  }

  /** Closes it, if nothing has come since, and nothing is under way. @param sinceMs - Of `performance.now()`. */
  closeIfIdle(sinceMs: number): void {
    if (this.streams.size === 0 && this.activeAtMs <= sinceMs) this.close();
  }

  protected onFields(block: FieldBlock, stream: Stream | undefined, decoded: DecodedFields): void {
    if (stream) this.#trailers(block, stream, decoded);
    else if (block.stream <= this.#lastSeen) this.#late(block.stream);
    else this.#onRequest(block, decoded);
  }

  protected get lastStream(): number {
    return this.#lastStream;
  }

  protected isIdle(id: number): boolean {
    return id % 2 === 0 || id > this.#lastSeen;
  }

  /** A client that sends GOAWAY starts nothing more, and waits for what it has started. */
  protected onGoodBye(_goodBye: GoAway): void {
    this.close();
  }

  /**
   * A client that has ended its side may wait for the answers to what it has asked: it is sent a GOAWAY, to which the system
   * of one that is gone answers with a reset. What it has not asked to its end never comes.
   */
  protected override onPeerEnded(): void {
    this.noticeWhenGone();
    this.close();
    for (const stream of this.streams.all()) {
      if (stream.isRemoteEnded || stream.isClosed) continue;
      this.remove(stream, false);
      stream.close('lost', errorCode.cancel);
    }
  }

  protected onClosed(): void {
    this.#owner.onClosed(this);
  }

  protected onFault(error: unknown): void {
    this.#owner.onFault(error);
  }

  protected onRemoved(): void {
    this.activeAtMs = performance.now();
    this.#endIfDone();
  }

  /** Its end is told once the kernel has it. */
  protected onLocalEnd(stream: Stream): void {
    this.#unsent++;
    this.whenSent((isSent) => {
      this.#unsent--;
      if (!stream.isClosed) stream.close(isSent ? 'whole' : 'lost', errorCode.noError);
    });
    if (!stream.isRemoteEnded) this.dropRest(stream);
  }

  #take(chunk: Buffer): void {
    const skipped = Math.min(this.#prefaceLeft, chunk.length);
    this.#prefaceLeft -= skipped;
    if (chunk.length > skipped) this.read(skipped > 0 ? chunk.subarray(skipped) : chunk);
  }

  #onRequest({ stream: id, isEnd, isSelfDependent }: FieldBlock, { fields, listBytes }: DecodedFields): void {
    if (id % 2 === 0) throw new ConnectionFault(errorCode.protocolError, 'a stream that a client may not begin');
    this.#lastSeen = id;
    if (this.#isLeaving) {
      this.passOver(id);
      return;
    }
    this.#lastStream = id;
    const isTooLarge = listBytes > this.#limits.maxListBytes;
    const head = requestHead(fields, !isTooLarge);
    if (!head || isSelfDependent || (isEnd && (head.bodyBytes ?? 0) > 0)) {
      this.refuse(id, errorCode.protocolError);
      return;
    }
    if (this.#isFull()) {
      this.refuse(id, errorCode.refusedStream);
      return;
    }
    const stream = new Stream(id, this, this.peer.windowBytes, true);
    stream.bodyBytes = head.bodyBytes;
    this.streams.add(stream);
    if (isEnd) stream.receiveEnd([]);
    this.#owner.onRequest({ stream, head, isTooLarge });
  }

  #trailers({ isEnd, isSelfDependent }: FieldBlock, stream: Stream, { fields }: DecodedFields): void {
    if (stream.isRemoteEnded) this.fault(stream, errorCode.streamClosed);
    else if (!isEnd || isSelfDependent || !areTrailers(fields)) this.fault(stream, errorCode.protocolError);
    else this.receiveEnd(stream, fields);
  }

  /** Fields on a stream that is over, or was passed over. */
  #late(id: number): void {
    if (!this.streams.wasOpen(id)) throw new ConnectionFault(errorCode.protocolError, 'a stream that was passed over');
    this.streams.requireLate(id);
    this.countLateFields();
  }

  #isFull(): boolean {
    const { size } = this.streams;
    const { maxStreams, maxQueuedBytes } = this.#limits;
    if (size >= maxStreams || size + this.#unsent >= MAX_UNSENT_PART * maxStreams) return true;
    if (size < FEW_STREAMS) return false;
    let bytes = 0;
    for (const { queue } of this.streams.all()) bytes += queue.bytes;
    return bytes > maxQueuedBytes;
  }

  #endIfDone(): void {
    if (this.#isLeaving && this.streams.size === 0) this.endQuietly();
  }
}
