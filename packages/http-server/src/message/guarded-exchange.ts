import { callBack } from './boundary.js';
import type {
  BodyLimit,
  BodySink,
  FaultTaker,
  InboundRequest,
  OutboundResponse,
  RawFields,
  Receiving,
} from './exchange.js';

/**
 * What requests have in common, whichever way they come in: who listens to what happens to them, and that what a listener
 * throws fails that one request.
 */
export abstract class GuardedExchange implements InboundRequest, OutboundResponse {
  abstract readonly url: string;
  abstract readonly httpVersion: string;
  abstract readonly rawHeaders: RawFields;
  abstract readonly remoteAddress: string | undefined;
  abstract readonly hasStarted: boolean;
  /** Who knows how the request is answered that fails. Set before anything of it is looked at. */
  handling: FaultTaker | undefined;
  readonly #closeListeners: ((isWhole: boolean) => void)[] = [];
  #drainListener: (() => void) | undefined;

  abstract header(name: string): string | undefined;
  abstract receive(limit: BodyLimit, sink: BodySink): Receiving;
  abstract closeAfterwards(): void;
  abstract send(status: number, headers: string[], body: string): void;
  abstract begin(status: number, headers: string[]): void;
  abstract write(chunk: Buffer): boolean;
  abstract end(trailers: RawFields): void;
  abstract abort(): void;

  onClose(callback: (isWhole: boolean) => void): void {
    this.#closeListeners.push(callback);
  }

  onDrain(callback: () => void): void {
    this.#drainListener = callback;
  }

  fault(error: unknown): void {
    if (this.handling) this.handling.fault(error);
    else this.abort();
  }

  protected tellDrained(): void {
    if (this.#drainListener) callBack(this, this.#drainListener, undefined);
  }

  /** To be called once. What one listener throws keeps nothing from the others. */
  protected tellClosed(isWhole: boolean): void {
    for (const listener of this.#closeListeners) callBack(this, listener, isWhole);
  }
}
