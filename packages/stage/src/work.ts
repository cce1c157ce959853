import type { RequestContext } from '@flotilla/http-server';
import type { TextFormat } from './input/text-format.js';
import type { OutgoingBody } from './outgoing-body.js';

/** What a stage's work is given of its request. */
export interface StageRequest {
  /** Whether the caller wants the whole table of frequencies. */
  readonly includeFrequencies: boolean;
  readonly context: RequestContext;
}

/** A stage's work on one request: fed with the body as it arrives. */
export interface StageWork {
  /** @throws JsonError, TextError or FlotillaError if the body is not what the stage takes. */
  write(chunk: Uint8Array): void;
  /** The body is whole. Long work yields to the event loop as it goes. */
  end(): void | Promise<void>;
  /**
   * Memory in bytes that it holds on to until its request is over, where that can be much. A method: each object literal
   * with a getter has a hidden class of its own, in V8's old generation, and all that the getter refers to stays there.
   */
  heldBytes?(): number;
}

/** A request whose body is a text. */
interface TextRequest extends StageRequest {
  readonly format: TextFormat;
}

/** Begins a stage's work that fills a body for the next stage. */
export type BeginRelay = (request: TextRequest, next: OutgoingBody) => StageWork;
