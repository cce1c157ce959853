import { ConnectionFault, errorCode } from './frames/protocol.js';
import { heldBytes, type RoomWaiter } from './held-bytes.js';
import { ReceiveWindow } from './receive-window.js';
import type { Stream } from './stream.js';

/** What a peer may send on all streams of a connection together (RFC 9113, 5.2), and less while the process holds too much. */
export class ConnectionWindow implements RoomWaiter {
  readonly #window: ReceiveWindow;
  readonly #update: (bytes: number) => void;
  /** What has come and is not given back of the window, since the process holds too much. */
  #owedBytes = 0;

  /** @param update - Sends that so many bytes more may come. */
  constructor(bytes: number, update: (bytes: number) => void) {
    this.#window = new ReceiveWindow(bytes);
    this.#update = update;
  }

  /** @throws ConnectionFault for more than there was room for. */
  take(bytes: number): void {
    if (!this.#window.take(bytes)) {
      throw new ConnectionFault(errorCode.flowControlError, 'more than there was room for');
    }
  }

  /** Gives back what has come. A stream that moves has its window whatever others hold. */
  giveBack(bytes: number, stream: Stream | undefined): void {
    if (stream && stream.heldBytes > 0 && heldBytes.isFull) {
      this.#owedBytes += bytes;
      heldBytes.await(this);
      return;
    }
    const returned = this.#window.use(bytes);
    if (returned > 0) this.#update(returned);
  }

  /** The process holds less again. */
  onRoom(): void {
    const owedBytes = this.#owedBytes;
    this.#owedBytes = 0;
    this.giveBack(owedBytes, undefined);
  }

  /** The connection is over. */
  close(): void {
    heldBytes.forget(this);
  }
}
