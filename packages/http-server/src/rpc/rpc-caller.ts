import type { HttpExchange } from '../answer/routes.js';

/** Who has made a call, as far as those need to know who answer it. */
export interface RpcCaller {
  readonly exchange: HttpExchange;
  /** Aborted when no client waits for an answer any more: the client has left, or its time is up. */
  readonly signal: AbortSignal;
  /** What is left of the caller's time, in ms, which may be less than 0; undefined: it has set no limit. */
  remainingMs(): number | undefined;
  /** Sets a field of the head that the answer will have. */
  setHeader(name: string, value: string): void;
}
