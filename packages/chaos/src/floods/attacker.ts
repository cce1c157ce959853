import net from 'node:net';
import type { Attacked, Flood, Move } from './flood.js';
import { FRAME_HEAD_BYTES, frame, frameType, PREFACE } from './frames.js';

const DEFAULT_WINDOW_BYTES = 65_535;
const STREAM_WINDOW_SETTING = 4;
/** An attacker that is refused connects again, and not as fast as a loop can: connections would be the flood then. */
const REOPEN_MS = 5;

/** One connection of an attacker, which is opened again whenever it is closed. */
export class Attacker implements Attacked {
  readonly nth: number;
  turn = 0;
  readonly #flood: Flood;
  readonly #port: number;
  #socket: net.Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #connectionWindow = 0;
  #streamWindow = 0;
  /** By how much the window of each stream is more than it was at first, or less. */
  readonly #streams = new Map<number, number>();
  #isWaiting = false;
  #isOver = false;

  constructor(flood: Flood, port: number, nth: number) {
    this.nth = nth;
    this.#flood = flood;
    this.#port = port;
    this.#open();
  }

  window(stream: number): number {
    if (stream === 0) return this.#connectionWindow;
    return Math.min(this.#connectionWindow, this.#streamWindow + (this.#streams.get(stream) ?? 0));
  }

  stop(): void {
    this.#isOver = true;
    this.#socket?.destroy();
  }

  #open(): void {
    if (this.#isOver) return;
    this.turn = 0;
    this.#rest = Buffer.alloc(0);
    this.#connectionWindow = DEFAULT_WINDOW_BYTES;
    this.#streamWindow = DEFAULT_WINDOW_BYTES;
    this.#streams.clear();
    const socket = net.connect({ port: this.#port, host: '127.0.0.1' });
    this.#socket = socket;
    socket.on('connect', () => {
      if (this.#flood.isHttp2) socket.write(Buffer.concat([PREFACE, frame(frameType.settings, 0, 0)]));
      this.#goOn(socket);
    });
    socket.on('drain', () => this.#goOn(socket));
    if (this.#flood.reads) socket.on('data', (chunk: Buffer) => this.#read(socket, chunk));
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => setTimeout(() => this.#open(), REOPEN_MS));
  }

  #goOn(socket: net.Socket): void {
    this.#isWaiting = false;
    for (;;) {
      if (this.#isOver || socket.destroyed) return;
      const move: Move = this.#flood.next(this);
      if (move === 'leave') {
        socket.destroy();
        return;
      }
      if (move === 'wait') {
        this.#isWaiting = true;
        return;
      }
      this.turn++;
      if (this.#flood.isHttp2) this.#count(move);
      if (!socket.write(move)) return;
    }
  }

  /** Data that go out take from the windows. */
  #count(bytes: Buffer): void {
    for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length; ) {
      const length = bytes.readUIntBE(at, 3);
      if (bytes[at + 3] === frameType.data) this.#widen(bytes.readUInt32BE(at + 5), -length);
      at += FRAME_HEAD_BYTES + length;
    }
  }

  #widen(stream: number, bytes: number): void {
    if (stream === 0 || bytes < 0) this.#connectionWindow += bytes;
    if (stream !== 0) this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + bytes);
  }

  #read(socket: net.Socket, chunk: Buffer): void {
    if (!this.#flood.isHttp2) return;
    this.#rest = Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + FRAME_HEAD_BYTES <= this.#rest.length) {
      const end = at + FRAME_HEAD_BYTES + this.#rest.readUIntBE(at, 3);
      if (end > this.#rest.length) break;
      this.#take(this.#rest.subarray(at, end));
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
    if (this.#isWaiting) this.#goOn(socket);
  }

  #take(frame: Buffer): void {
    const payload = frame.subarray(FRAME_HEAD_BYTES);
    if (frame[3] === frameType.windowUpdate) this.#widen(frame.readUInt32BE(5), payload.readUInt32BE());
    if (frame[3] !== frameType.settings) return;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) === STREAM_WINDOW_SETTING) this.#streamWindow = payload.readUInt32BE(at + 2);
    }
  }
}
