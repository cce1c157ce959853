import { isName } from '@flotilla/service-kit';
import type { RawHeaders } from '../http/headers.js';
import type { WireRequest } from '../wire/exchange.js';

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

/** @param raw - The fields of a response's head. */
export function splitResponse(raw: readonly string[]): { status: number; headers: RawHeaders } {
  let status = 0;
  const headers: RawHeaders = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (name === ':status') status = Number(value);
    else headers.push(name, value);
  }
  return { status, headers };
}
