/** What an attacker knows of one of its connections. */
export interface Attacked {
  /** Which of its connections it is, from 0 on. */
  readonly nth: number;
  /** How often it has sent something on this connection. */
  readonly turn: number;
  /** How much data may be sent on a stream, or on all of them (0). An attacker who keeps to that is not found by it. */
  window(stream: number): number;
}

/** What an attacker does next: sends bytes, waits for an answer or for more room, or leaves and comes again. */
export type Move = Buffer | 'wait' | 'leave';

/** A way to keep a process busy, or to fill its memory. */
export interface Flood {
  readonly name: string;
  /** For people, in a table. */
  readonly what: string;
  readonly connections: number;
  /** Whether connections begin with the preface of HTTP/2, and an empty frame of settings. */
  readonly isHttp2: boolean;
  /** Whether what comes back is read. */
  readonly reads: boolean;
  /** Called whenever what was sent before has been taken. A connection that was closed is opened again. */
  next(attacked: Attacked): Move;
}
