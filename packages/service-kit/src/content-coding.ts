import { FlotillaError } from '@flotilla/contracts';
import type { InboundRequest } from './exchange.js';

/** Refuses a body that is compressed: what it unpacks to would have no limit. */
export function checkEncoding(request: Pick<InboundRequest, 'header'>): void {
  const value = request.header('content-encoding');
  if (value !== undefined && codingsIn(value).length > 0) {
    throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { 'accept-encoding': 'identity' });
  }
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
