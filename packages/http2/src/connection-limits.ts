import type { RateLimit } from './rate.js';
import type { OwnSettings } from './settings.js';

/** What a connection takes from its peer. */
export interface ConnectionLimits extends OwnSettings {
  /** What may come on all streams together ahead of this side. It is given back as soon as it has come. */
  readonly connectionWindowBytes: number;
  /** Frames that the fields of one message may come in. */
  readonly maxFieldPieces: number;
  /** Streams that end by a reset from either side. */
  readonly resets: RateLimit;
}
