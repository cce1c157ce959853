/** Types of frames (RFC 9113, section 6). */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames (RFC 9113, section 6). `ack` is of SETTINGS and PING, `endStream` of DATA and HEADERS. */
export const frameFlag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Why a stream or a connection has ended (RFC 9113, section 7). */
export const errorCode = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const;

/** What every frame begins with: length, type, flags and stream. */
export const FRAME_HEAD_BYTES = 9;
/** What a frame may have before the peer has said that it takes more (RFC 9113, section 6.5.2). */
export const DEFAULT_MAX_FRAME_BYTES = 16_384;
export const LARGEST_MAX_FRAME_BYTES = 16_777_215;
/** Of a stream and of a connection, before anything else was said (RFC 9113, section 6.9.2). */
export const DEFAULT_WINDOW_BYTES = 65_535;
export const LARGEST_WINDOW_BYTES = 2 ** 31 - 1;
export const LARGEST_STREAM_ID = 2 ** 31 - 1;
/** Of the table of fields that a peer keeps (RFC 7541, section 6.5.2 of RFC 9113). */
export const DEFAULT_TABLE_BYTES = 4096;

/** What a client of HTTP/2 sends first (RFC 9113, section 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** The peer has broken a rule by which all of a connection stands: it ends with this code (RFC 9113, section 5.4.1). */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
  /** Of {@link errorCode}. */
  readonly reason: number;

  constructor(reason: number, message: string) {
    super(message);
    this.reason = reason;
  }
}
