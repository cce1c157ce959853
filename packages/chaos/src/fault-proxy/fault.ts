/** Bytes on their way to the instance, or on their way back. */
export type Side = 'request' | 'response';

/**
 * What goes wrong on the way to an instance. Bytes are counted from where a side begins to speak again, so that on a
 * kept connection every request, or every answer, is cut at the same place.
 *
 * - `none`: bytes pass.
 * - `refuse`: nothing listens; connections that are open are reset.
 * - `reset`: after so many bytes of a request or an answer the connection is reset.
 * - `black-hole`: connections are accepted, and nothing is read or answered.
 * - `drip`: so many bytes at a time, and a pause after each.
 * - `half-close`: after so many bytes of an answer its end is announced, and the connection stays open the other way.
 * - `delay`: every piece of an answer arrives so much later.
 * - `redirect`: another server of this machine stands in the instance's place.
 */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'reset'; readonly side: Side; readonly afterBytes: number }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'drip'; readonly side: Side; readonly bytes: number; readonly intervalMs: number }
  | { readonly kind: 'half-close'; readonly afterBytes: number }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'redirect'; readonly port: number };

/** Bytes of a side that still pass before it is cut. Undefined: it is not. */
export function cutAfterBytes(fault: Fault, side: Side): number | undefined {
  if (fault.kind === 'reset' && fault.side === side) return fault.afterBytes;
  if (fault.kind === 'half-close' && side === 'response') return fault.afterBytes;
  return undefined;
}

/** How a side is slowed down: each piece of at most `bytes` goes out `waitMs` after the one before, or after it came. */
export interface Pace {
  readonly bytes: number;
  readonly waitMs: number;
  /** Whether pieces wait one after the other, or all for themselves. */
  readonly inTurn: boolean;
}

/** Undefined: bytes pass as they come. */
export function paceOf(fault: Fault, side: Side): Pace | undefined {
  if (fault.kind === 'drip' && fault.side === side) {
    return { bytes: fault.bytes, waitMs: fault.intervalMs, inTurn: true };
  }
  if (fault.kind === 'delay' && side === 'response') {
    return { bytes: Number.POSITIVE_INFINITY, waitMs: fault.delayMs, inTurn: false };
  }
  return undefined;
}
