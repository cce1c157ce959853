import { isName } from '@flotilla/http-server';
import type { WireRequest } from '../http1/exchange.js';

/** A request's fields as HTTP/2 takes them: the pseudo fields first, `Host` as `:authority` (RFC 9113, section 8.3.1). */
export function streamFields(request: WireRequest): string[] {
  let authority = '';
  const fields: string[] = [];
  const headers = request.headers();
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (isName(name, 'host')) authority = value;
    else fields.push(name, value);
  }
  const { method, path } = request;
  return [':method', method, ':path', path, ':scheme', 'http', ':authority', authority, ...fields, 'te', 'trailers'];
}
