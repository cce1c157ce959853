import type { Socket } from 'node:net';
import { ClosedStreams } from './closed-streams.js';
import { dependsOn, type FieldBlock, FieldBlockReader, PRIORITY_BYTES } from './field-block.js';
import { type FrameHead, FrameReader, type FrameSink } from './frame-reader.js';
import { type DecodedFields, FieldDecoder } from './hpack/decoder.js';
import { Output } from './output.js';
import {
  ConnectionFault,
  DEFAULT_WINDOW_BYTES,
  errorCode,
  frameFlag,
  frameType,
  LARGEST_WINDOW_BYTES,
} from './protocol.js';
import { Rate, type RateLimit } from './rate.js';
import { Sender } from './sender.js';
import { applySettings, defaultSettings, type OwnSettings, sendSettings } from './settings.js';
import type { Stream, StreamCarrier } from './stream.js';

/** What a connection takes from its peer. */
export interface ConnectionLimits extends OwnSettings {
  /** What may come on all streams together ahead of this side. It is given back as soon as it has come. */
  readonly connectionWindowBytes: number;
  /** Streams that end by a reset, whoever resets them. */
  readonly resets: RateLimit;
}

/** What a peer has said, that it takes no more streams. */
export interface GoodBye {
  /** The last stream that it works on, or has worked on. */
  readonly lastStream: number;
  readonly code: number;
}

/**
 * Frames that carry nothing: an empty one, a setting, a ping, a priority, one of a type that nobody knows. Clients of
 * gRPC ping once for each round trip while much arrives.
 */
const NOTHINGS: RateLimit = { burst: 10_000, perSecond: 2_000 };
/** Each piece of data may be answered by two, and they cost little. */
const WINDOW_UPDATES: RateLimit = { burst: 50_000, perSecond: 20_000 };
/** As many times as the list of fields may have, a block of them may have as it came; none that is sensible has more. */
const MAX_BLOCK_PART = 2;
/** Fields that are only small on the wire: so many times what is taken, and the client means no good. */
const BOMB_PART = 4;
const PING_BYTES = 8;
/** After a fault the peer may take its time to read why, while what it sends is dropped. */
const LINGER_MS = 1_000;

/** One connection of HTTP/2 (RFC 9113), whichever side of it this is. */
export abstract class Connection implements FrameSink, StreamCarrier {
  readonly streamWindowBytes: number;
  protected readonly maxListBytes: number;
  /** When something last came, in ms of `performance.now()`. */
  activeAtMs = performance.now();
  isClosed = false;
  protected readonly socket: Socket;
  protected readonly output: Output;
  protected readonly peer = defaultSettings();
  protected readonly streams = new Map<number, Stream>();
  protected readonly closed = new ClosedStreams();
  /** The last stream that the peer has begun. */
  protected lastStream = 0;
  readonly #limits: ConnectionLimits;
  readonly #reader: FrameReader;
  readonly #blocks: FieldBlockReader;
  readonly #decoder: FieldDecoder;
  readonly #sender: Sender;
  readonly #resets: Rate;
  readonly #nothings = new Rate(NOTHINGS);
  readonly #windowUpdates = new Rate(WINDOW_UPDATES);
  #receiveWindow: number;
  #unreturnedBytes = 0;
  #hasSettings = false;
  /** It ends because of a fault, or once its streams have: nothing more is read. */
  #isEnding = false;

  constructor(socket: Socket, limits: ConnectionLimits) {
    this.socket = socket;
    this.#limits = limits;
    this.streamWindowBytes = limits.windowBytes;
    this.maxListBytes = limits.maxListBytes;
    this.output = new Output(socket, () => this.#sender.goOn());
    this.#sender = new Sender(this.output, this.peer, (stream) => this.#localEnded(stream));
    this.#reader = new FrameReader(this, limits.maxFrameBytes);
    this.#blocks = new FieldBlockReader(MAX_BLOCK_PART * limits.maxListBytes);
    this.#decoder = new FieldDecoder(limits.maxListBytes);
    this.#resets = new Rate(limits.resets);
    this.#receiveWindow = limits.connectionWindowBytes;
    socket.on('drain', () => this.#sender.goOn());
    socket.on('error', ignore);
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#lost());
  }

  /** Streams under way. */
  get streamCount(): number {
    return this.streams.size;
  }

  /** Closes it at once. Streams under way are lost. */
  destroy(): void {
    this.socket.destroy();
    this.#lost();
  }

  sendHead(stream: Stream, fields: readonly string[], isEnd: boolean): void {
    if (!this.isClosed) this.#sender.fields(stream, fields, isEnd);
  }

  sendMore(stream: Stream): void {
    if (!this.isClosed) this.#sender.data(stream);
  }

  giveWindow(stream: Stream, bytes: number): void {
    this.#windowUpdate(stream.id, bytes);
  }

  reset(stream: Stream, code: number): void {
    if (this.isClosed) return;
    this.#sendReset(stream.id, code);
    this.remove(stream, true);
    stream.close('reset', code);
  }

  onDataHead({ stream: id, length, flags }: FrameHead): void {
    this.#expectSettings(frameType.data);
    if (this.#blocks.isOpen) throw new ConnectionFault(errorCode.protocolError, 'data within fields');
    if (length === 0 && (flags & frameFlag.endStream) === 0) this.#countNothing();
    this.#takeConnectionWindow(length);
    const stream = this.#streamFor(id);
    if (!stream) return;
    if (stream.isRemoteEnded) this.reset(stream, errorCode.streamClosed);
    else if (!stream.takeWindow(length)) this.#fault(stream, errorCode.flowControlError);
  }

  onDataPiece(id: number, view: Buffer): void {
    const stream = this.streams.get(id);
    if (!stream || stream.isRemoteEnded) return;
    stream.receive(view);
    const { bodyBytes, receivedBytes } = stream;
    if (bodyBytes !== undefined && receivedBytes > bodyBytes) this.#fault(stream, errorCode.protocolError);
  }

  onDataEnd({ stream: id, flags }: FrameHead, paddingBytes: number): void {
    const stream = this.streams.get(id);
    if (!stream) return;
    stream.returnPadding(paddingBytes);
    if ((flags & frameFlag.endStream) !== 0) this.receiveEnd(stream, []);
  }

  onFrame(head: FrameHead, payload: Buffer): void {
    const { type } = head;
    this.#expectSettings(type);
    if (this.#blocks.isOpen !== (type === frameType.continuation)) {
      throw new ConnectionFault(errorCode.protocolError, 'fields that are not continued');
    }
    if (type === frameType.headers) this.#onBlock(this.#blocks.begin(inStream(head), payload));
    else if (type === frameType.continuation) this.#onContinuation(head, payload);
    else if (type === frameType.windowUpdate) this.#onWindowUpdate(head, payload);
    else if (type === frameType.reset) this.#onReset(inStream(head), payload);
    else if (type === frameType.goAway) this.#onGoAway(head, payload);
    else this.#onNothing(head, payload);
  }

  /** A message's fields have come. @param stream - Undefined if it has not begun. */
  protected abstract onFields(block: FieldBlock, stream: Stream | undefined, decoded: DecodedFields): void;
  /** A stream that has not begun was heard of. @returns Whether that may be. */
  protected abstract isIdle(id: number): boolean;
  protected abstract onGoodBye(goodBye: GoodBye): void;
  /** It is over, for whatever reason. Its streams have been told. */
  protected abstract onClosed(): void;
  /** A stream has ended. */
  protected abstract onRemoved(): void;

  /** Sends what a connection begins with. @param preface - What a client sends before. */
  protected begin(preface?: Buffer): void {
    if (preface) this.output.copy(preface);
    sendSettings(this.output, this.#limits);
    this.#windowUpdate(0, this.#limits.connectionWindowBytes - DEFAULT_WINDOW_BYTES);
  }

  /** What has arrived. */
  protected read(bytes: Buffer): void {
    if (this.#isEnding) return;
    this.activeAtMs = performance.now();
    try {
      this.#reader.read(bytes);
    } catch (error) {
      this.end(error instanceof ConnectionFault ? error.reason : errorCode.internalError);
      if (!(error instanceof ConnectionFault)) throw error;
    }
  }

  /** The peer has sent all of a stream. */
  protected receiveEnd(stream: Stream, trailers: readonly string[]): void {
    const { bodyBytes, receivedBytes } = stream;
    if (bodyBytes !== undefined && receivedBytes !== bodyBytes) {
      this.#fault(stream, errorCode.protocolError);
      return;
    }
    stream.receiveEnd(trailers);
    if (!stream.isLocalEnded || stream.isClosed) return;
    this.remove(stream, false);
    stream.close('whole', errorCode.noError);
  }

  /** What a stream brings is against the rules: it alone ends, unless too many do. */
  protected refuse(id: number, code: number): void {
    this.#sendReset(id, code);
    this.closed.add(id, true);
    this.#countReset();
  }

  protected goAway(code: number): void {
    this.output.frame(frameType.goAway, 0, 0, 8);
    this.output.uint32(this.lastStream);
    this.output.uint32(code);
  }

  /** Tells the peer why, and closes the connection. Streams under way are lost. */
  protected end(code: number): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.goAway(code);
    this.output.flush();
    this.#lost();
    this.socket.end();
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }

  /** Closes the connection when all is sent. Nothing is under way. */
  protected endQuietly(): void {
    this.#isEnding = true;
    this.output.flush();
    this.#lost();
    this.socket.destroySoon();
  }

  protected remove(stream: Stream, wasResetHere: boolean): void {
    this.streams.delete(stream.id);
    this.closed.add(stream.id, wasResetHere);
    this.onRemoved();
  }

  /** All of a stream was sent: its end is told once the kernel has it. */
  protected onLocalEnd(stream: Stream): void {
    this.output.whenSent((isSent) => {
      if (!stream.isClosed) stream.close(isSent ? 'whole' : 'lost', errorCode.noError);
    });
  }

  #localEnded(stream: Stream): void {
    this.onLocalEnd(stream);
    if (stream.isRemoteEnded) this.remove(stream, false);
  }

  /** Used by the side that has answered: the rest of the request is not wanted (RFC 9113, section 8.1). */
  protected dropRest(stream: Stream): void {
    this.#sendReset(stream.id, errorCode.noError);
    this.remove(stream, true);
  }

  #expectSettings(type: number): void {
    if (this.#hasSettings) return;
    if (type !== frameType.settings) throw new ConnectionFault(errorCode.protocolError, 'no settings at first');
    this.#hasSettings = true;
  }

  #onContinuation(head: FrameHead, payload: Buffer): void {
    if (payload.length === 0) this.#countNothing();
    this.#onBlock(this.#blocks.goOn(head, payload));
  }

  #onBlock(block: FieldBlock | undefined): void {
    if (!block) return;
    const decoded = this.#decoder.decode(block.bytes);
    if (decoded.listBytes > BOMB_PART * this.maxListBytes) {
      throw new ConnectionFault(errorCode.enhanceYourCalm, 'fields that are small on the wire only');
    }
    const stream = this.streams.get(block.stream);
    if (block.isSelfDependent) {
      if (stream) this.#fault(stream, errorCode.protocolError);
      else this.refuse(block.stream, errorCode.protocolError);
      return;
    }
    this.onFields(block, stream, decoded);
  }

  #onWindowUpdate(head: FrameHead, payload: Buffer): void {
    if (payload.length !== 4) throw new ConnectionFault(errorCode.frameSizeError, 'half a window');
    if (!this.#windowUpdates.take()) throw new ConnectionFault(errorCode.enhanceYourCalm, 'too many windows');
    const bytes = payload.readUInt32BE(0) & 0x7fffffff;
    if (head.stream === 0) {
      this.#widen(bytes);
      return;
    }
    const stream = this.#streamFor(head.stream, true);
    if (!stream) return;
    if (bytes === 0) this.#fault(stream, errorCode.protocolError);
    else if (stream.sendWindow + bytes > LARGEST_WINDOW_BYTES) this.#fault(stream, errorCode.flowControlError);
    else {
      stream.sendWindow += bytes;
      this.#sender.data(stream);
    }
  }

  #widen(bytes: number): void {
    if (bytes === 0) throw new ConnectionFault(errorCode.protocolError, 'a window that does not open');
    this.#sender.window += bytes;
    if (this.#sender.window > LARGEST_WINDOW_BYTES) {
      throw new ConnectionFault(errorCode.flowControlError, 'too large a window');
    }
    this.#sender.goOn();
  }

  #onReset({ stream: id }: FrameHead, payload: Buffer): void {
    if (payload.length !== 4) throw new ConnectionFault(errorCode.frameSizeError, 'half a reset');
    const stream = this.#streamFor(id, true);
    this.#countReset();
    if (!stream) return;
    this.remove(stream, false);
    if (!stream.isClosed) stream.close('reset', payload.readUInt32BE(0));
  }

  #onGoAway(head: FrameHead, payload: Buffer): void {
    if (head.stream !== 0) throw new ConnectionFault(errorCode.protocolError, 'a good-bye of a stream');
    if (payload.length < 8) throw new ConnectionFault(errorCode.frameSizeError, 'half a good-bye');
    this.#countNothing();
    this.onGoodBye({ lastStream: payload.readUInt32BE(0) & 0x7fffffff, code: payload.readUInt32BE(4) });
  }

  #onNothing(head: FrameHead, payload: Buffer): void {
    this.#countNothing();
    const { type } = head;
    if (type === frameType.settings) this.#onSettings(head, payload);
    else if (type === frameType.ping) this.#onPing(head, payload);
    else if (type === frameType.priority) this.#onPriority(inStream(head), payload);
    else if (type === frameType.pushPromise) throw new ConnectionFault(errorCode.protocolError, 'a push');
  }

  #onSettings({ stream, flags }: FrameHead, payload: Buffer): void {
    if (stream !== 0) throw new ConnectionFault(errorCode.protocolError, 'settings of a stream');
    if ((flags & frameFlag.ack) !== 0) {
      if (payload.length > 0) throw new ConnectionFault(errorCode.frameSizeError, 'an acknowledgement of more');
      return;
    }
    const { windowBytes, tableBytes } = this.peer;
    applySettings(this.peer, payload);
    if (this.peer.tableBytes !== tableBytes) this.#sender.resizeTable(this.peer.tableBytes);
    this.output.frame(frameType.settings, frameFlag.ack, 0, 0);
    if (this.peer.windowBytes !== windowBytes) this.#shiftWindows(this.peer.windowBytes - windowBytes);
  }

  /** What streams may send changes with the setting (RFC 9113, section 6.9.2). */
  #shiftWindows(bytes: number): void {
    for (const stream of [...this.streams.values()]) {
      stream.sendWindow += bytes;
      if (stream.sendWindow > LARGEST_WINDOW_BYTES) {
        throw new ConnectionFault(errorCode.flowControlError, 'too large a window');
      }
      if (bytes > 0) this.#sender.data(stream);
    }
  }

  #onPing({ stream, flags }: FrameHead, payload: Buffer): void {
    if (stream !== 0) throw new ConnectionFault(errorCode.protocolError, 'a ping of a stream');
    if (payload.length !== PING_BYTES) throw new ConnectionFault(errorCode.frameSizeError, 'half a ping');
    if ((flags & frameFlag.ack) !== 0) return;
    this.output.frame(frameType.ping, frameFlag.ack, 0, PING_BYTES);
    this.output.copy(payload);
  }

  #onPriority({ stream: id }: FrameHead, payload: Buffer): void {
    const stream = this.streams.get(id);
    const fault = payload.length !== PRIORITY_BYTES ? errorCode.frameSizeError : errorCode.protocolError;
    if (fault === errorCode.protocolError && dependsOn(payload, 0) !== id) return;
    if (stream) this.#fault(stream, fault);
    else throw new ConnectionFault(fault, 'a priority that is none');
  }

  /** @returns The stream that a frame is for; undefined if it is over, and the frame may be let pass. */
  #streamFor(id: number, mayBeClosed = false): Stream | undefined {
    const stream = this.streams.get(id);
    if (stream) return stream;
    if (id === 0 || this.isIdle(id)) throw new ConnectionFault(errorCode.protocolError, 'a stream that has not begun');
    if (!mayBeClosed && !this.closed.wasResetHere(id)) {
      throw new ConnectionFault(errorCode.streamClosed, 'a stream that is over');
    }
    return undefined;
  }

  #fault(stream: Stream, code: number): void {
    this.reset(stream, code);
    this.#countReset();
  }

  #takeConnectionWindow(bytes: number): void {
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0) throw new ConnectionFault(errorCode.flowControlError, 'more than there was room for');
    this.#unreturnedBytes += bytes;
    if (this.#unreturnedBytes < this.#limits.connectionWindowBytes / 2) return;
    this.#receiveWindow += this.#unreturnedBytes;
    this.#windowUpdate(0, this.#unreturnedBytes);
    this.#unreturnedBytes = 0;
  }

  #windowUpdate(id: number, bytes: number): void {
    if (this.isClosed || bytes <= 0) return;
    this.output.frame(frameType.windowUpdate, 0, id, 4);
    this.output.uint32(bytes);
  }

  #sendReset(id: number, code: number): void {
    this.output.frame(frameType.reset, 0, id, 4);
    this.output.uint32(code);
  }

  #countReset(): void {
    if (!this.#resets.take()) throw new ConnectionFault(errorCode.enhanceYourCalm, 'too many resets');
  }

  #countNothing(): void {
    if (!this.#nothings.take()) throw new ConnectionFault(errorCode.enhanceYourCalm, 'too many frames of nothing');
  }

  #lost(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const left = [...this.streams.values()];
    this.streams.clear();
    for (const stream of left) if (!stream.isClosed) stream.close('lost', errorCode.cancel);
    this.output.drop();
    this.onClosed();
  }
}

function ignore(): void {}

/** A frame that is of a stream always. */
function inStream(head: FrameHead): FrameHead {
  if (head.stream === 0) throw new ConnectionFault(errorCode.protocolError, 'a frame of no stream');
  return head;
}
