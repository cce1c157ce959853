import type { Caller, CallerOptions } from './caller.js';
import type { SlowKind } from './slow-clients.js';

/** What the drill can send its load by. */
export const transportNames = ['rest', 'grpc'] as const;
export type TransportName = (typeof transportNames)[number];

/** How the load reaches a fleet. Scenarios know nothing else of it. */
export interface Transport {
  readonly name: TransportName;
  /** For texts of a few kilobytes. */
  openCaller(options: CallerOptions): Caller;
  /** For texts of many megabytes. */
  openUploader(options: CallerOptions): Caller;
  /** In what ways its clients can be slow. */
  readonly slowKinds: readonly SlowKind[];
}
