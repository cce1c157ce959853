import type { ConnectionLimits, ServerLimits } from '../src/index.js';

/** Of tests, but for those that say otherwise. */
export const SERVER_LIMITS: ServerLimits = {
  windowBytes: 128 * 1024,
  connectionWindowBytes: 1024 * 1024,
  maxFrameBytes: 64 * 1024,
  maxStreams: 100,
  maxListBytes: 16 * 1024,
  maxFieldPieces: 16,
  maxQueuedBytes: 16 * 1024 * 1024,
  refusesPush: false,
  resets: { burst: 1000, perSecond: 500 },
};

export const CLIENT_LIMITS: ConnectionLimits = { ...SERVER_LIMITS, maxStreams: undefined, refusesPush: true };
