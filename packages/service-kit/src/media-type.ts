import { FlotillaError } from '@flotilla/contracts';
import type { FastifyRequest } from 'fastify';
// For the type of `request.is`, which the plugin adds.
import '@fastify/sensible';

/** A `charset` parameter other than UTF-8 or its subset. JSON has no other encoding (RFC 8259, section 8.1). */
const FOREIGN_CHARSET = /;\s*charset\s*=\s*"?(?!(utf-?8|us-ascii)"?\s*(;|$))/i;

/** Refuses a body that is not JSON in UTF-8, or that is compressed: what it unpacks to would have no limit. */
export function checkJsonBody(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { 'accept-encoding': 'identity' });
  }
  const isJson = request.is(['application/json']) === 'application/json';
  if (!isJson || FOREIGN_CHARSET.test(request.headers['content-type'] ?? '')) {
    throw new FlotillaError('FLT_UNSUPPORTED_MEDIA_TYPE', '', {}, { 'accept-post': 'application/json' });
  }
}
