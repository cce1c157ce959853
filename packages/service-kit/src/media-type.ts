import { FlotillaError } from '@flotilla/contracts';
import type { InboundRequest } from './exchange.js';

/** What is looked at here of a request. */
type Fields = Pick<InboundRequest, 'header'>;

const JSON_TYPE = /^\s*application\/json\s*(;|$)/i;
const PLAIN_TYPE = /^\s*text\/plain\s*(;|$)/i;
/** A `charset` parameter other than UTF-8 or its subset. JSON has no other encoding (RFC 8259, section 8.1). */
const FOREIGN_CHARSET = /;\s*charset\s*=\s*"?(?!(utf-?8|us-ascii)"?\s*(;|$))/i;

/** Whether the body says that it is JSON, in UTF-8. */
export function isJson(request: Fields): boolean {
  return isOfType(request.header('content-type'), 'application/json', JSON_TYPE);
}

/** Whether the body says that it is the text itself, in UTF-8. */
export function isPlainText(request: Fields): boolean {
  return isOfType(request.header('content-type'), 'text/plain; charset=utf-8', PLAIN_TYPE);
}

/** @param usual - How it is most often written: that needs no more looking at. */
function isOfType(type: string | undefined, usual: string, pattern: RegExp): boolean {
  if (type === undefined) return false;
  return type === usual || (pattern.test(type) && !FOREIGN_CHARSET.test(type));
}

/** Refuses a body that is compressed: what it unpacks to would have no limit. */
export function checkEncoding(request: Fields): void {
  const encoding = request.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { 'accept-encoding': 'identity' });
  }
}

/** Refuses a body that is not JSON in UTF-8, or that is compressed. */
export function checkJsonBody(request: Fields): void {
  checkEncoding(request);
  if (!isJson(request)) throw unsupportedMediaType('application/json');
}

/** @param accepted - The types that the route takes, for `Accept-Post`. */
export function unsupportedMediaType(accepted: string): FlotillaError {
  return new FlotillaError('FLT_UNSUPPORTED_MEDIA_TYPE', '', {}, { 'accept-post': accepted });
}
