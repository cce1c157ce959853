import type { IncomingMessage } from 'node:http';
import { FlotillaError } from '@flotilla/contracts';

const JSON_TYPE = /^\s*application\/json\s*(;|$)/i;
/** A `charset` parameter other than UTF-8 or its subset. JSON has no other encoding (RFC 8259, section 8.1). */
const FOREIGN_CHARSET = /;\s*charset\s*=\s*"?(?!(utf-?8|us-ascii)"?\s*(;|$))/i;

/** Refuses a body that is not JSON in UTF-8, or that is compressed: what it unpacks to would have no limit. */
export function checkJsonBody({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { 'accept-encoding': 'identity' });
  }
  const type = headers['content-type'] ?? '';
  if (type === 'application/json') return;
  if (!JSON_TYPE.test(type) || FOREIGN_CHARSET.test(type)) {
    throw new FlotillaError('FLT_UNSUPPORTED_MEDIA_TYPE', '', {}, { 'accept-post': 'application/json' });
  }
}
