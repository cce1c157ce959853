import { METHODS } from 'node:http';

/** What a request may be, as Node's parser of HTTP/1.1 has it. A method's case matters (RFC 9110, 9.1). */
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);
/** The most that a target may have; RFC 9112, section 3, asks for 8000 at least. */
export const MAX_TARGET_BYTES = 8192;

/** The characters of a path and a query (RFC 3986, 3.3 and 3.4). */
const ORIGIN_FORM = /^\/[\w.~!$&'()*+,;=:@/?%-]*$/;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const ABSOLUTE_FORM = /^http:\/\/([^/?#]+)([/?].*)?$/is;
const USUAL_PORT = /:(80)?$/;
const ESCAPE = /%([2-7][0-9A-Fa-f])/g;
const UNRESERVED = /[\w.~-]/;

/**
 * What a request's target comes to before its route is looked for: absolute-form of this very host becomes
 * origin-form (RFC 9112, 3.2.2), and escapes of characters that need none are undone in the path (RFC 3986, 6.2.2.2),
 * so that the next hop reads the path that was routed by. Any other target stays as it is.
 */
export function normalisedTarget(url: string, host: string | undefined): string {
  const target = url.startsWith('/') ? url : withoutOwnHost(url, host);
  return target.includes('%') ? withoutNeedlessEscapes(target) : target;
}

function withoutOwnHost(url: string, host: string | undefined): string {
  const [, authority, rest = '/'] = ABSOLUTE_FORM.exec(url) ?? [];
  if (authority === undefined || host === undefined) return url;
  if (withoutUsualPort(authority) !== withoutUsualPort(host)) return url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function withoutUsualPort(authority: string): string {
  return authority.replace(USUAL_PORT, '').toLowerCase();
}

function withoutNeedlessEscapes(target: string): string {
  const queryAt = target.indexOf('?');
  const pathEnd = queryAt === -1 ? target.length : queryAt;
  const path = target.slice(0, pathEnd).replace(ESCAPE, (escaped, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : escaped;
  });
  return path + target.slice(pathEnd);
}

/** The path of a target: all before the query. One that has no query is its own path, and is not copied. */
export function pathOf(target: string): string {
  const queryAt = target.indexOf('?');
  return queryAt === -1 ? target : target.slice(0, queryAt);
}

/** What is wrong with a method, or undefined. */
export function faultOfMethod(method: string): string | undefined {
  if (method === 'CONNECT') return 'This is no proxy for CONNECT.';
  return KNOWN_METHODS.has(method) ? undefined : 'The method is none that is known.';
}

/** What is wrong with a target that has been normalised, or undefined. */
export function faultOfTarget(method: string, url: string): string | undefined {
  if (url === '*' && method === 'OPTIONS') return undefined;
  if (!ORIGIN_FORM.test(url)) return whyNotOriginForm(url);
  return url.includes('%') && BROKEN_ESCAPE.test(url)
    ? 'In a target, a percent sign is followed by two hexadecimal digits.'
    : undefined;
}

function whyNotOriginForm(url: string): string {
  if (url.startsWith('/')) return 'The target has a character that may not stand in a path or a query.';
  if (/^https?:\/\//i.test(url)) return 'The target is a URL of another scheme or host than the request.';
  return 'The target begins with no slash.';
}
