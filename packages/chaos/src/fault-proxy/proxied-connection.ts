import type { Socket } from 'node:net';
import type { Fault } from './fault.js';
import { Flow } from './flow.js';

/** What went out before a reset must arrive before it: a system may drop what it has not read when one comes. */
const RESET_LAG_MS = 5;

/** One connection through the proxy: its two sockets, and what goes wrong between them. */
export class ProxiedConnection {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #request: Flow;
  readonly #response: Flow;
  #fault: Fault = { kind: 'none' };

  /**
   * @param near - from the caller.
   * @param far - to the instance.
   * @param bit - called whenever the fault changes what happens.
   */
  constructor(near: Socket, far: Socket, bit: () => void) {
    this.#near = near;
    this.#far = far;
    const events = {
      spoke: (side: 'request' | 'response') => (side === 'request' ? this.#response : this.#request).endTurn(),
      bit,
      cut: () => this.#onCut(),
    };
    this.#request = new Flow('request', near, far, events);
    this.#response = new Flow('response', far, near, events);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      // Errors are what this is made for; each is followed by a close.
      socket.on('error', () => {});
      socket.on('close', () => this.#onClose());
    }
  }

  setFault(fault: Fault): void {
    this.#fault = fault;
    this.#request.setFault(fault);
    this.#response.setFault(fault);
  }

  /** Ends it as a crash would. */
  reset(): void {
    if (!this.#near.destroyed) this.#near.resetAndDestroy();
    if (!this.#far.destroyed) this.#far.resetAndDestroy();
  }

  #onCut(): void {
    if (this.#fault.kind === 'reset') setTimeout(() => this.reset(), RESET_LAG_MS);
  }

  /** One side is gone. The other one gets what was still on its way, and ends. */
  #onClose(): void {
    this.#request.close();
    this.#response.close();
    if (this.#near.destroyed && this.#far.destroyed) return;
    const other = this.#near.destroyed ? this.#far : this.#near;
    if (other.writableEnded) other.destroySoon();
    else other.resetAndDestroy();
  }
}
