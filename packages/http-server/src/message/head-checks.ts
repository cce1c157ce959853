import { FlotillaError, type ProblemCode } from '@flotilla/contracts';
import type { RawFields } from './exchange.js';
import { faultOfNames } from './field-checks.js';
import { faultOfMethod, faultOfTarget, MAX_TARGET_BYTES } from './target.js';

/** A host name or an address, and a port up to 65535 that may be empty (RFC 3986, 3.2.2 and 3.2.3). */
export const HOST =
  /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?:\d{0,4}|[0-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?$/;

/** The one thing that may be expected, in lower case. */
export const CONTINUE = '100-continue';

/** What is looked at of a request's head. */
interface CheckedHead {
  readonly method?: string | undefined;
  /** The target, normalised. */
  readonly url?: string | undefined;
  readonly rawHeaders: RawFields;
}

/**
 * What is wrong with a request's head, whichever version of HTTP it came by, or undefined: how many fields there are, the
 * method, the target, and the names of the fields.
 */
export function problemOfHead({ method = '', url = '', rawHeaders }: CheckedHead, maxHeaders: number) {
  if (rawHeaders.length > 2 * maxHeaders) {
    return closing('FLT_HEADERS_TOO_LARGE', `A request may have ${maxHeaders} headers.`);
  }
  if (url.length > MAX_TARGET_BYTES) {
    return closing('FLT_TARGET_TOO_LONG', `A target may have ${MAX_TARGET_BYTES} bytes.`);
  }
  const fault = faultOfMethod(method) ?? faultOfTarget(method, url) ?? faultOfNames(rawHeaders);
  return fault === undefined ? undefined : closing('FLT_MALFORMED_HTTP', fault);
}

/** What is wrong with an expectation (RFC 9110, 10.1.1), or undefined. */
export function problemOfExpectation(expect: string | undefined): FlotillaError | undefined {
  const isMet = expect === undefined || expect.toLowerCase() === CONTINUE;
  return isMet ? undefined : closing('FLT_EXPECTATION_FAILED', '');
}

/** Behind such a request nothing more is looked at on a connection of HTTP/1.1. */
export function closing(code: ProblemCode, reason: string): FlotillaError {
  return new FlotillaError(code, reason, {}, { connection: 'close' });
}
