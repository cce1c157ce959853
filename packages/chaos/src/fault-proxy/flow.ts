import type { Socket } from 'node:net';
import { cutAfterBytes, type Fault, paceOf, type Side } from './fault.js';
import { PacedWriter } from './paced-writer.js';

/** What a flow tells the connection that it is a part of. */
export interface FlowEvents {
  /** Bytes came: this side speaks now. */
  spoke(side: Side): void;
  /** The fault changed what would have happened. */
  bit(): void;
  /** As many bytes went out as the fault lets pass. */
  cut(side: Side): void;
}

/** One direction of a proxied connection. */
export class Flow {
  readonly #side: Side;
  readonly #from: Socket;
  readonly #writer: PacedWriter;
  readonly #events: FlowEvents;
  #fault: Fault = { kind: 'none' };
  #turnBytes = 0;
  #isCut = false;

  constructor(side: Side, from: Socket, to: Socket, events: FlowEvents) {
    this.#side = side;
    this.#from = from;
    this.#writer = new PacedWriter(to);
    this.#writer.onRoom = () => this.#resume();
    this.#events = events;
    to.on('drain', () => this.#resume());
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => this.#writer.end());
  }

  setFault(fault: Fault): void {
    this.#fault = fault;
    this.#writer.setPace(paceOf(fault, this.#side));
    if (fault.kind === 'black-hole') this.#from.pause();
    else this.#resume();
  }

  /** The other side spoke: bytes are counted anew. */
  endTurn(): void {
    this.#turnBytes = 0;
  }

  close(): void {
    this.#writer.close();
  }

  #take(chunk: Buffer): void {
    if (this.#isCut) return;
    this.#events.spoke(this.#side);
    const cutAfter = cutAfterBytes(this.#fault, this.#side);
    const left = cutAfter === undefined ? chunk.length : Math.max(0, cutAfter - this.#turnBytes);
    this.#turnBytes += chunk.length;
    if (paceOf(this.#fault, this.#side)) this.#events.bit();
    if (left > 0) this.#writer.write(left < chunk.length ? chunk.subarray(0, left) : chunk);
    if (left < chunk.length) this.#cut();
    else if (!this.#writer.hasRoom) this.#from.pause();
  }

  #cut(): void {
    this.#isCut = true;
    this.#events.bit();
    this.#events.cut(this.#side);
    if (this.#fault.kind === 'half-close') this.#writer.end();
  }

  #resume(): void {
    if (this.#fault.kind !== 'black-hole' && this.#writer.hasRoom) this.#from.resume();
  }
}
