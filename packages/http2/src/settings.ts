import {
  ConnectionFault,
  DEFAULT_MAX_FRAME_BYTES,
  DEFAULT_WINDOW_BYTES,
  errorCode,
  frameType,
  LARGEST_MAX_FRAME_BYTES,
  LARGEST_WINDOW_BYTES,
} from './frames/protocol.js';
import type { Output } from './output.js';

/** What each setting is called on the wire (RFC 9113, section 6.5.2). */
const id = {
  tableBytes: 1,
  enablePush: 2,
  maxStreams: 3,
  windowBytes: 4,
  maxFrameBytes: 5,
  maxListBytes: 6,
} as const;
const ENTRY_BYTES = 6;

/** What a side takes from its peer. */
export interface Settings {
  /** Streams of the peer's at once. */
  maxStreams: number;
  /** What may come on a stream before more is given. */
  windowBytes: number;
  maxFrameBytes: number;
  /** What it may say of push: a client 0 or 1, a server nothing but 0 (RFC 9113, section 6.5.2). */
  maxEnablePush: 0 | 1;
}

/** What a peer takes before it has said anything. */
export function defaultSettings(): Settings {
  return {
    maxStreams: Number.POSITIVE_INFINITY,
    windowBytes: DEFAULT_WINDOW_BYTES,
    maxFrameBytes: DEFAULT_MAX_FRAME_BYTES,
    maxEnablePush: 1,
  };
}

/** What this side says of itself at the beginning. */
export interface OwnSettings extends Pick<Settings, 'windowBytes' | 'maxFrameBytes'> {
  /** Undefined says nothing: a client takes no streams anyway. */
  readonly maxStreams: number | undefined;
  /** The fields of a message together. */
  readonly maxListBytes: number;
  /** A client says that it wants no streams that it has not asked for. */
  readonly refusesPush: boolean;
}

export function sendSettings(output: Output, own: OwnSettings): void {
  const entries: [number, number][] = [
    [id.windowBytes, own.windowBytes],
    [id.maxFrameBytes, own.maxFrameBytes],
    [id.maxListBytes, own.maxListBytes],
  ];
  if (own.maxStreams !== undefined) entries.push([id.maxStreams, own.maxStreams]);
  if (own.refusesPush) entries.push([id.enablePush, 0]);
  output.frame(frameType.settings, 0, 0, entries.length * ENTRY_BYTES);
  for (const [key, value] of entries) {
    output.uint16(key);
    output.uint32(value);
  }
}

/**
 * Changes what is known of a peer as its frame says.
 *
 * @param onTableBytes - Told of each size that the table of fields is to have, since the smallest counts too.
 * @returns How many settings there were: each may be there as often as the peer likes.
 * @throws ConnectionFault
 */
export function applySettings(peer: Settings, payload: Buffer, onTableBytes: (bytes: number) => void): number {
  if (payload.length % ENTRY_BYTES !== 0) throw new ConnectionFault(errorCode.frameSizeError, 'half a setting');
  for (let at = 0; at < payload.length; at += ENTRY_BYTES) {
    const key = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    if (key === id.tableBytes) onTableBytes(value);
    else apply(peer, key, value);
  }
  return payload.length / ENTRY_BYTES;
}

function apply(peer: Settings, key: number, value: number): void {
  if (key === id.enablePush) {
    if (value > peer.maxEnablePush)
      throw new ConnectionFault(errorCode.protocolError, 'a push setting that there may not be');
  } else if (key === id.maxStreams) {
    peer.maxStreams = value;
  } else if (key === id.windowBytes) {
    if (value > LARGEST_WINDOW_BYTES) throw new ConnectionFault(errorCode.flowControlError, 'too large a window');
    peer.windowBytes = value;
  } else if (key === id.maxFrameBytes) {
    if (value < DEFAULT_MAX_FRAME_BYTES || value > LARGEST_MAX_FRAME_BYTES) {
      throw new ConnectionFault(errorCode.protocolError, 'a frame size that there may not be');
    }
    peer.maxFrameBytes = value;
  }
}
