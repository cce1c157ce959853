import { PING_BYTES } from './control-frames.js';
import { type errorCode, frameFlag, frameType } from './frames/protocol.js';
import type { Output } from './output.js';

const NUMBER_BYTES = 4;

/** Writes the frames that carry neither fields nor data. */
export class FrameWriter {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  /** @param stream - 0: all of the connection. */
  windowUpdate(stream: number, bytes: number): void {
    this.#output.frame(frameType.windowUpdate, 0, stream, NUMBER_BYTES);
    this.#output.uint32(bytes);
  }

  /** @param code - Of {@link errorCode}. */
  reset(stream: number, code: number): void {
    this.#output.frame(frameType.reset, 0, stream, NUMBER_BYTES);
    this.#output.uint32(code);
  }

  goAway(lastStream: number, code: number): void {
    this.#output.frame(frameType.goAway, 0, 0, 2 * NUMBER_BYTES);
    this.#output.uint32(lastStream);
    this.#output.uint32(code);
  }

  settingsTaken(): void {
    this.#output.frame(frameType.settings, frameFlag.ack, 0, 0);
  }

  /** @param payload - Of the ping that is answered. */
  pong(payload: Buffer): void {
    this.#output.frame(frameType.ping, frameFlag.ack, 0, PING_BYTES);
    this.#output.copy(payload);
  }
}
