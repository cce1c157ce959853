import type { Socket } from 'node:net';
import { FRAME_HEAD_BYTES } from './frames/protocol.js';

const SCRATCH_BYTES = 16 * 1024;
/** Shorter pieces are copied: to hand one to the kernel by itself costs more. */
const COPIED_BYTES = 4 * 1024;
/** How much may wait here, in bytes, before writers are asked to wait. */
const HIGH_WATER_BYTES = 128 * 1024;
/** Pieces of memory that no connection needs right now, and how many are kept. */
const spare: Buffer[] = [];
const MAX_SPARE = 64;

/** Those with something to send. Once a turn of the event loop it goes out, all of a connection's in one write. */
let waiting: Output[] = [];

function flushAll(): void {
  const outputs = waiting;
  waiting = [];
  for (const output of outputs) output.flush();
}

/** What a connection sends, gathered until the end of a turn of the event loop. */
export class Output {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  /** Where frames are written that are short, from `#start` on; what is before has become a piece. */
  #scratch: Buffer | undefined;
  #start = 0;
  #at = 0;
  #bytes = 0;
  #isWaiting = false;
  /** Whether the socket has what the kernel has not taken: what comes meanwhile is gathered here, in few pieces. */
  #isHeldUp = false;
  /** To be told when what was added before has been handed to the kernel. */
  #onSent: ((isSent: boolean) => void)[] = [];
  readonly #onRoom: () => void;

  /** @param onRoom - Told when more can be added, each time that what there was has been handed over. */
  constructor(socket: Socket, onRoom: () => void) {
    this.#socket = socket;
    this.#onRoom = onRoom;
  }

  /** Whether writers should wait. Whether there is room again, the socket's `drain` and the next turn tell. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain || this.#bytes >= HIGH_WATER_BYTES;
  }

  /** What the kernel has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** Adds a frame's head. */
  frame(type: number, flags: number, stream: number, length: number): void {
    const at = this.#reserve(FRAME_HEAD_BYTES);
    const scratch = this.#scratch as Buffer;
    scratch[at] = length >>> 16;
    scratch[at + 1] = length >>> 8;
    scratch[at + 2] = length;
    scratch[at + 3] = type;
    scratch[at + 4] = flags;
    this.#write32(at + 5, stream);
  }

  uint32(value: number): void {
    this.#write32(this.#reserve(4), value);
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    (this.#scratch as Buffer)[at] = value >>> 8;
    (this.#scratch as Buffer)[at + 1] = value;
  }

  /** Adds bytes that may change as soon as this returns. */
  copy(bytes: Buffer): void {
    if (bytes.length > SCRATCH_BYTES) {
      this.#refer(Buffer.from(bytes));
      return;
    }
    const at = this.#reserve(bytes.length);
    bytes.copy(this.#scratch as Buffer, at);
  }

  /** Adds bytes that do not change any more. */
  add(bytes: Buffer): void {
    if (bytes.length <= COPIED_BYTES) this.copy(bytes);
    else this.#refer(bytes);
  }

  /** Calls back when all that was added has been handed to the kernel, or never will be. */
  whenSent(callback: (isSent: boolean) => void): void {
    this.#onSent.push(callback);
    this.#schedule();
  }

  /** Hands what there is to the socket, if that has nothing. */
  flush(): void {
    this.#isWaiting = false;
    if (!this.#isHeldUp) this.#write();
  }

  /** Hands the last of it to the socket. */
  end(): void {
    this.#write();
  }

  #write(): void {
    this.#cut();
    const socket = this.#socket;
    const chunks = this.#chunks;
    if (chunks.length === 1) {
      socket.write(chunks[0] as Buffer);
    } else if (chunks.length > 1) {
      socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
    }
    this.#chunks = [];
    this.#bytes = 0;
    this.#recycle(socket.writableLength === 0);
    if (socket.writableLength > 0) this.#holdUp();
    if (this.#onSent.length > 0) this.#tell();
    if (!this.isFull) this.#onRoom();
  }

  /** A write for each turn, of a few bytes in memory of 16 KiB, would cost a thousand times what it counts. */
  #holdUp(): void {
    if (this.#isHeldUp) return;
    this.#isHeldUp = true;
    this.#socket.write('', () => {
      this.#isHeldUp = false;
      this.flush();
    });
  }

  /** Nothing more can be sent. */
  drop(): void {
    this.#chunks = [];
    this.#scratch = undefined;
    this.#start = 0;
    this.#at = 0;
    this.#bytes = 0;
    const callbacks = this.#onSent;
    this.#onSent = [];
    for (const callback of callbacks) callback(false);
  }

  /** What was handed over at once is with the kernel already; of anything else an empty write tells when. */
  #tell(): void {
    const callbacks = this.#onSent;
    this.#onSent = [];
    const tellAll = (isSent: boolean) => {
      for (const callback of callbacks) callback(isSent);
    };
    if (!this.#socket.writable) tellAll(false);
    else if (this.#socket.writableLength === 0) tellAll(true);
    else this.#socket.write('', (error) => tellAll(!error));
  }

  #refer(bytes: Buffer): void {
    this.#cut();
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.#schedule();
  }

  #reserve(bytes: number): number {
    if (!this.#scratch || this.#at + bytes > SCRATCH_BYTES) {
      this.#cut();
      this.#scratch = spare.pop() ?? Buffer.allocUnsafeSlow(SCRATCH_BYTES);
      this.#start = 0;
      this.#at = 0;
    }
    const at = this.#at;
    this.#at += bytes;
    this.#bytes += bytes;
    this.#schedule();
    return at;
  }

  /** Makes a piece of what was written last. */
  #cut(): void {
    if (this.#scratch && this.#at > this.#start) this.#chunks.push(this.#scratch.subarray(this.#start, this.#at));
    this.#start = this.#at;
  }

  /** @param isCopied - Whether the kernel has what was written. */
  #recycle(isCopied: boolean): void {
    if (isCopied && this.#scratch && spare.length < MAX_SPARE) spare.push(this.#scratch);
    this.#scratch = undefined;
  }

  #schedule(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    if (waiting.push(this) === 1) setImmediate(flushAll);
  }

  #write32(at: number, value: number): void {
    const scratch = this.#scratch as Buffer;
    scratch[at] = value >>> 24;
    scratch[at + 1] = value >>> 16;
    scratch[at + 2] = value >>> 8;
    scratch[at + 3] = value;
  }
}
