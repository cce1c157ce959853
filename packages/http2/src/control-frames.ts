import type { FrameHead } from './frames/frame-reader.js';
import { ConnectionFault, errorCode, frameFlag } from './frames/protocol.js';

/** Of PRIORITY, and of HEADERS with priority: on which stream it depends, and its weight. Both are ignored. */
export const PRIORITY_BYTES = 5;
export const PING_BYTES = 8;
const NUMBER_BYTES = 4;
const GO_AWAY_BYTES = 8;
/** The first bit of these numbers is none of theirs. */
const NUMBER_MASK = 0x7fffffff;

/** What a peer has said: that it takes no more streams. */
export interface GoAway {
  /** The last stream that it works on, or has worked on. */
  readonly lastStream: number;
  /** Of `errorCode`. */
  readonly code: number;
}

/** @throws ConnectionFault if a frame is of a stream that must be of the connection, or the other way round. */
export function expectStream(head: FrameHead, isOfStream: boolean): void {
  if ((head.stream !== 0) === isOfStream) return;
  throw new ConnectionFault(errorCode.protocolError, isOfStream ? 'a frame of no stream' : 'a frame of a stream');
}

/** RFC 9113, section 6.9. @returns How much more may be sent, in bytes. 0 must not be. */
export function readWindowUpdate(payload: Buffer): number {
  return readNumber(payload) & NUMBER_MASK;
}

/** RFC 9113, section 6.4. @returns Why, of `errorCode`. */
export function readReset(head: FrameHead, payload: Buffer): number {
  expectStream(head, true);
  return readNumber(payload);
}

/** RFC 9113, section 6.8. */
export function readGoAway(head: FrameHead, payload: Buffer): GoAway {
  expectStream(head, false);
  if (payload.length < GO_AWAY_BYTES) throw tooShort();
  return { lastStream: payload.readUInt32BE(0) & NUMBER_MASK, code: payload.readUInt32BE(NUMBER_BYTES) };
}

/** RFC 9113, section 6.7. @returns Whether it is to be answered. */
export function isPing(head: FrameHead, payload: Buffer): boolean {
  expectStream(head, false);
  if (payload.length !== PING_BYTES) throw tooShort();
  return (head.flags & frameFlag.ack) === 0;
}

/** RFC 9113, section 6.5. @returns Whether there are settings in it. */
export function isSettings(head: FrameHead, payload: Buffer): boolean {
  expectStream(head, false);
  if ((head.flags & frameFlag.ack) === 0) return true;
  if (payload.length > 0) throw tooShort();
  return false;
}

/** @returns What is wrong with a priority (RFC 7540, section 6.3, which RFC 9113 has done away with), of `errorCode`. */
export function faultOfPriority(head: FrameHead, payload: Buffer): number | undefined {
  expectStream(head, true);
  if (payload.length !== PRIORITY_BYTES) return errorCode.frameSizeError;
  return dependsOn(payload, 0) === head.stream ? errorCode.protocolError : undefined;
}

/** @param at - Where the priority begins. */
export function dependsOn(payload: Buffer, at: number): number {
  return payload.readUInt32BE(at) & NUMBER_MASK;
}

function readNumber(payload: Buffer): number {
  if (payload.length !== NUMBER_BYTES) throw tooShort();
  return payload.readUInt32BE(0);
}

function tooShort(): ConnectionFault {
  return new ConnectionFault(errorCode.frameSizeError, 'a frame of another size than its type has');
}
