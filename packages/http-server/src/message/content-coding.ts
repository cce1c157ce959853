import { FlotillaError } from '@flotilla/contracts';
import type { InboundRequest } from './exchange.js';

/** How a body, or a message, is packed. */
export type ContentCoding = 'identity' | 'gzip';

/** What is taken, as the fields that name codings list it. */
export const TAKEN_CODINGS = 'gzip, identity';

/** How a body is packed. @throws FlotillaError if in a way that is not taken here. */
export function contentCodingOf(request: Pick<InboundRequest, 'header'>): ContentCoding {
  const value = request.header('content-encoding');
  // Nearly all have none.
  if (value === undefined) return 'identity';
  const coding = takenCoding(value);
  if (coding === undefined) {
    throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { 'accept-encoding': TAKEN_CODINGS });
  }
  return coding;
}

/** @param value - Of a field that lists codings. @returns Undefined if what is packed so is not taken. */
export function takenCoding(value: string): ContentCoding | undefined {
  const [coding = 'identity', ...others] = codingsIn(value);
  if (others.length > 0) return undefined;
  // An older name of the same (RFC 9110, section 8.4.1.3).
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  return coding === 'identity' ? coding : undefined;
}

/**
 * The codings that a field lists, in lower case and the order in which they were applied (RFC 9110, section 8.4). An empty
 * element is none (section 5.6.1), and `identity` changes nothing.
 */
export function codingsIn(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}
