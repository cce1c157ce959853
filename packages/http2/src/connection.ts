import type { Socket } from 'node:net';
import type { ConnectionLimits } from './connection-limits.js';
import { ConnectionWindow } from './connection-window.js';
import {
  expectStream,
  faultOfPriority,
  type GoAway,
  isPing,
  isSettings,
  readGoAway,
  readReset,
  readWindowUpdate,
} from './control-frames.js';
import type { FieldBlock } from './field-block.js';
import { FieldSections } from './field-sections.js';
import { FloodGuard } from './flood-guard.js';
import { FrameWriter } from './frame-writer.js';
import { type FrameHead, FrameReader, type FrameSink } from './frames/frame-reader.js';
import {
  ConnectionFault,
  DEFAULT_WINDOW_BYTES,
  errorCode,
  frameFlag,
  frameType,
  LARGEST_WINDOW_BYTES,
} from './frames/protocol.js';
import type { DecodedFields } from './hpack/decoder.js';
import { Output } from './output.js';
import { Sender } from './sender.js';
import { applySettings, defaultSettings, sendSettings } from './settings.js';
import { destroyWithin, noticeWhenGone } from './socket-ending.js';
import type { Stream, StreamCarrier } from './stream.js';
import { StreamTable } from './stream-table.js';

/**
 * What may wait to be sent to a peer that goes on sending, in bytes. Data are far below it, and so are the heads of
 * answers: what is left are answers to nothing, to a peer that does not read them (CVE-2019-9512, CVE-2019-9515).
 */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** How long a connection without streams is kept for what its peer has still to read. */
const DRAIN_MS = 30_000;
/** After a fault the peer may take its time to read why, while what it sends is dropped. */
const LINGER_MS = 1_000;

/** One connection of HTTP/2 (RFC 9113), whichever side of it this is. */
export abstract class Connection implements FrameSink, StreamCarrier {
  readonly streamWindowBytes: number;
  /** When something last came, in ms of `performance.now()`. */
  activeAtMs = performance.now();
  isClosed = false;
  protected readonly peer = defaultSettings();
  protected readonly streams = new StreamTable();
  protected readonly maxListBytes: number;
  readonly #limits: ConnectionLimits;
  readonly #socket: Socket;
  readonly #output: Output;
  readonly #writer: FrameWriter;
  readonly #sender: Sender;
  readonly #reader: FrameReader;
  readonly #sections: FieldSections;
  readonly #guard: FloodGuard;
  readonly #window: ConnectionWindow;
  #hasSettings = false;

  constructor(socket: Socket, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#limits = limits;
    this.streamWindowBytes = limits.windowBytes;
    this.maxListBytes = limits.maxListBytes;
    this.#output = new Output(socket, () => this.#goOn());
    this.#writer = new FrameWriter(this.#output);
    this.#sender = new Sender(this.#output, this.peer, (stream) => this.#localEnded(stream));
    this.#reader = new FrameReader(this, limits.maxFrameBytes);
    this.#sections = new FieldSections(limits.maxListBytes, limits.maxFieldPieces);
    this.#guard = new FloodGuard(limits.resets, limits);
    this.#window = new ConnectionWindow(limits.connectionWindowBytes, (bytes) => this.#writer.windowUpdate(0, bytes));
    socket.on('drain', () => this.#goOn());
    socket.on('error', () => {});
    socket.on('end', () => this.onPeerEnded());
    socket.on('close', () => this.#lost());
  }

  get isGone(): boolean {
    return this.isClosed || this.#socket.destroyed;
  }

  /** Closes it at once. Streams under way are lost. */
  destroy(): void {
    this.#socket.destroy();
    this.#lost();
  }

  sendHead(stream: Stream, fields: readonly string[], isEnd: boolean): void {
    if (!this.isClosed) this.#sender.fields(stream, fields, isEnd);
  }

  sendMore(stream: Stream): void {
    if (!this.isClosed) this.#sender.data(stream);
  }

  giveWindow(stream: Stream, bytes: number): void {
    if (!this.isClosed) this.#writer.windowUpdate(stream.id, bytes);
  }

  reset(stream: Stream, code: number): void {
    if (this.isClosed || stream.isClosed) return;
    this.#writer.reset(stream.id, code);
    this.remove(stream, true);
    stream.close('reset', code);
  }

  onDataHead(head: FrameHead): void {
    this.#expect(head);
    const { stream: id, length } = head;
    this.#window.take(length);
    const stream = this.#streamOf(head);
    if (!stream) {
      this.streams.requireLate(id);
      this.#guard.countLateData(length);
    } else if (stream.isRemoteEnded) {
      this.fault(stream, errorCode.streamClosed);
    } else if (!stream.takeWindow(length)) {
      this.fault(stream, errorCode.flowControlError);
    }
  }

  onDataPiece(id: number, view: Buffer): void {
    const stream = this.streams.get(id);
    if (!stream || stream.isRemoteEnded) return;
    stream.receive(view);
    const { bodyBytes, receivedBytes } = stream;
    if (bodyBytes !== undefined && receivedBytes > bodyBytes) this.fault(stream, errorCode.protocolError);
  }

  onDataEnd({ stream: id, flags, length }: FrameHead, paddingBytes: number): void {
    if ((flags & frameFlag.endStream) === 0) this.#guard.countData(length - paddingBytes);
    const stream = this.streams.get(id);
    this.#window.giveBack(length, stream);
    if (!stream) return;
    stream.returnPadding(paddingBytes);
    if ((flags & frameFlag.endStream) !== 0) this.receiveEnd(stream, []);
  }

  onFrame(head: FrameHead, payload: Buffer): void {
    const { type } = head;
    this.#expect(head);
    if (type === frameType.headers) {
      expectStream(head, true);
      this.#onBlock(this.#sections.begin(head, payload));
    } else if (type === frameType.continuation) this.#onContinuation(head, payload);
    else if (type === frameType.windowUpdate) this.#onWindowUpdate(head, payload);
    else if (type === frameType.reset) this.#onReset(head, payload);
    else this.#onNothing(head, payload);
  }

  /** A message's fields have come. @param stream - Undefined if it has not started. */
  protected abstract onFields(block: FieldBlock, stream: Stream | undefined, decoded: DecodedFields): void;
  /** Whether nothing may have been heard of a stream yet. */
  protected abstract isIdle(id: number): boolean;
  protected abstract onGoodBye(goAway: GoAway): void;
  /** It is over, for whatever reason. Its streams have been told. */
  protected abstract onClosed(): void;
  /** Has it noticed when a peer that sends no more is gone. */
  protected noticeWhenGone(): void {
    noticeWhenGone(this.#socket);
  }

  /** The peer sends no more. */
  protected onPeerEnded(): void {
    this.destroy();
  }

  /** It ends because of an unexpected error on this side. */
  protected abstract onFault(error: unknown): void;
  /** A stream has ended. */
  protected abstract onRemoved(): void;
  /** All of a stream was sent. */
  protected abstract onLocalEnd(stream: Stream): void;

  /** Sends what a connection begins with. @param preface - What a client sends before. */
  protected begin(preface?: Buffer): void {
    if (preface) this.#output.copy(preface);
    sendSettings(this.#output, this.#limits);
    const moreBytes = this.#limits.connectionWindowBytes - DEFAULT_WINDOW_BYTES;
    if (moreBytes > 0) this.#writer.windowUpdate(0, moreBytes);
  }

  /** What has arrived. */
  protected read(bytes: Buffer): void {
    if (this.isClosed) return;
    this.activeAtMs = performance.now();
    try {
      this.#reader.read(bytes);
      if (this.#output.waitingBytes > MAX_UNREAD_BYTES) throw new ConnectionFault(errorCode.enhanceYourCalm, 'unread');
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The peer has sent all of a stream. */
  protected receiveEnd(stream: Stream, trailers: readonly string[]): void {
    const { bodyBytes, receivedBytes } = stream;
    if (bodyBytes !== undefined && receivedBytes !== bodyBytes) {
      this.fault(stream, errorCode.protocolError);
      return;
    }
    const wasLocalEnded = stream.isLocalEnded;
    stream.receiveEnd(trailers);
    // An answer that is being sent right now ends it when it is written.
    if (!wasLocalEnded || stream.isClosed) return;
    this.remove(stream, false);
    stream.close('whole', errorCode.noError);
  }

  /** What a stream brings is against the rules: it alone ends, unless too many do. */
  protected fault(stream: Stream, code: number): void {
    this.reset(stream, code);
    this.#guard.countReset();
  }

  /** A stream does not begin at all. */
  protected refuse(id: number, code: number): void {
    this.#writer.reset(id, code);
    this.passOver(id);
  }

  /** It does not begin, and its peer will know. */
  protected passOver(id: number): void {
    this.streams.remove(id, true);
    this.#guard.expectLate();
    this.#guard.countReset();
  }

  /** Fields have come on a stream that is over. */
  protected countLateFields(): void {
    this.#guard.countLateFields();
  }

  /** The rest of what comes on a stream is not wanted (RFC 9113, section 8.1). */
  protected dropRest(stream: Stream): void {
    this.#writer.reset(stream.id, errorCode.noError);
    this.remove(stream, true);
  }

  /** Calls back when all that a stream has sent is with the kernel, or never will be. */
  protected whenSent(callback: (isSent: boolean) => void): void {
    this.#output.whenSent(callback);
  }

  protected goAway(code: number): void {
    this.#writer.goAway(this.lastStream, code);
  }

  /** The last stream of the peer's. */
  protected abstract get lastStream(): number;

  /** Closes the connection when all is sent. Nothing is under way. */
  protected endQuietly(): void {
    if (this.isClosed) return;
    this.#output.end();
    this.#lost();
    this.#socket.destroySoon();
    destroyWithin(this.#socket, DRAIN_MS);
  }

  protected remove(stream: Stream, wasResetHere: boolean): void {
    this.streams.remove(stream.id, wasResetHere);
    if (wasResetHere) this.#guard.expectLate();
    this.#sender.forget(stream);
    this.onRemoved();
  }

  /** What was thrown ends the connection, and nothing else. */
  #failed(error: unknown): void {
    const isOfPeer = error instanceof ConnectionFault;
    if (!isOfPeer) this.onFault(error);
    this.#end(isOfPeer ? error.reason : errorCode.internalError);
  }

  /** More can be sent. */
  #goOn(): void {
    try {
      this.#sender.goOn();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Tells the peer why, and closes the connection. Streams under way are lost. */
  #end(code: number): void {
    if (this.isClosed) return;
    this.goAway(code);
    this.#output.end();
    this.#lost();
    this.#socket.end();
    this.#socket.resume();
    destroyWithin(this.#socket, LINGER_MS);
  }

  #localEnded(stream: Stream): void {
    this.onLocalEnd(stream);
    if (stream.isRemoteEnded) this.remove(stream, false);
  }

  /** Settings come first, and nothing between the frames of one message's fields. */
  #expect({ type, flags }: FrameHead): void {
    if (!this.#hasSettings) {
      // One that takes note of ours says nothing of the peer's (RFC 9113, section 3.4).
      const hasNone = type !== frameType.settings || (flags & frameFlag.ack) !== 0;
      if (hasNone) throw new ConnectionFault(errorCode.protocolError, 'no settings at first');
      this.#hasSettings = true;
    }
    if (this.#sections.isOpen !== (type === frameType.continuation)) {
      throw new ConnectionFault(errorCode.protocolError, 'fields that are not continued');
    }
  }

  #onContinuation(head: FrameHead, payload: Buffer): void {
    if (payload.length === 0) this.#guard.countNothing();
    this.#onBlock(this.#sections.goOn(head, payload));
  }

  #onBlock(block: FieldBlock | undefined): void {
    if (block) this.onFields(block, this.streams.get(block.stream), this.#sections.decode(block));
  }

  #onWindowUpdate(head: FrameHead, payload: Buffer): void {
    this.#guard.countWindowUpdate();
    const bytes = readWindowUpdate(payload);
    if (head.stream === 0) {
      this.#sender.widen(bytes);
      return;
    }
    const stream = this.#streamOf(head);
    if (!stream) return;
    if (bytes === 0) this.fault(stream, errorCode.protocolError);
    else if (stream.sendWindow + bytes > LARGEST_WINDOW_BYTES) this.fault(stream, errorCode.flowControlError);
    else {
      stream.sendWindow += bytes;
      this.#sender.data(stream);
    }
  }

  #onReset(head: FrameHead, payload: Buffer): void {
    const code = readReset(head, payload);
    const stream = this.#streamOf(head);
    this.#guard.countReset();
    if (!stream) return;
    this.remove(stream, false);
    if (!stream.isClosed) stream.close('reset', code);
  }

  #onNothing(head: FrameHead, payload: Buffer): void {
    this.#guard.countNothing();
    const { type } = head;
    if (type === frameType.settings && isSettings(head, payload)) this.#onSettings(payload);
    else if (type === frameType.ping && isPing(head, payload)) this.#writer.pong(payload);
    else if (type === frameType.goAway) this.onGoodBye(readGoAway(head, payload));
    else if (type === frameType.priority) this.#onPriority(head, payload);
    else if (type === frameType.pushPromise) throw new ConnectionFault(errorCode.protocolError, 'a push');
  }

  #onSettings(payload: Buffer): void {
    const { windowBytes } = this.peer;
    this.#guard.countNothing(applySettings(this.peer, payload, (bytes) => this.#sender.resizeTable(bytes)));
    this.#writer.settingsTaken();
    const moreBytes = this.peer.windowBytes - windowBytes;
    if (moreBytes !== 0) for (const stream of this.streams.all()) this.#sender.shiftWindow(stream, moreBytes);
  }

  #onPriority(head: FrameHead, payload: Buffer): void {
    const code = faultOfPriority(head, payload);
    if (code === undefined) return;
    const stream = this.streams.get(head.stream);
    if (!stream) throw new ConnectionFault(code, 'a priority that is none');
    this.fault(stream, code);
  }

  /** @returns The stream that a frame is for; undefined if it is over. */
  #streamOf({ stream: id }: FrameHead): Stream | undefined {
    const stream = this.streams.get(id);
    if (stream) return stream;
    if (id === 0 || this.isIdle(id))
      throw new ConnectionFault(errorCode.protocolError, 'a stream that has not started');
    return undefined;
  }

  #lost(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#window.close();
    this.#reader.stop();
    for (const stream of this.streams.all()) {
      this.streams.remove(stream.id, false);
      if (!stream.isClosed) stream.close('lost', errorCode.cancel);
    }
    this.#output.drop();
    this.onClosed();
  }
}
