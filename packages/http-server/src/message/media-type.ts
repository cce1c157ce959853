import { FlotillaError } from '@flotilla/contracts';

/** A parameter's name, in lower case, and its value, without its quotes. */
type MediaTypeParameter = readonly [name: string, value: string];

/** A media type, as RFC 9110, section 8.3.1, writes it. */
export interface MediaType {
  /** Type and subtype in lower case: `text/plain`. */
  readonly essence: string;
  /** In their order; a name may come more than once. */
  readonly parameters: readonly MediaTypeParameter[];
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const ESSENCE = new RegExp(`${TOKEN}/${TOKEN}`, 'y');
/**
 * A semicolon and the parameter behind it, if there is one (RFC 9110, sections 5.6.4 and 5.6.6). A name without a value
 * says nothing, and is let be, as browsers do that (mimesniff.spec.whatwg.org, section 4.4).
 */
const PARAMETER = new RegExp(
  `[\\t ]*;[\\t ]*(?:(${TOKEN})(?:=(?:(${TOKEN})|"((?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*)"))?)?`,
  'y',
);
const QUOTED_PAIR = /\\(.)/gs;

/**
 * Reads the value of a `Content-Type`.
 *
 * @param value - A character a byte (Latin-1).
 * @returns Undefined if it is no media type.
 */
export function parseMediaType(value: string): MediaType | undefined {
  const essence = matchAt(ESSENCE, value, 0)?.[0];
  if (essence === undefined) return undefined;
  const parameters: MediaTypeParameter[] = [];
  for (let at = essence.length; at < value.length; at = PARAMETER.lastIndex) {
    const found = matchAt(PARAMETER, value, at);
    if (!found) return undefined;
    const [, name, token, quoted] = found;
    const content = token ?? quoted?.replace(QUOTED_PAIR, '$1');
    if (name !== undefined && content !== undefined) parameters.push([name.toLowerCase(), content]);
  }
  return { essence: essence.toLowerCase(), parameters };
}

function matchAt(pattern: RegExp, value: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(value);
}

/** UTF-8, and what is a part of it. */
const UTF8 = /^(?:utf-?8|us-ascii)$/i;
/** How types are most often written: they need no reading. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['application/json', 'application/json'],
  ['text/plain; charset=utf-8', 'text/plain'],
  ['application/grpc', 'application/grpc'],
  ['application/grpc+proto', 'application/grpc+proto'],
  ['application/grpc-web+proto', 'application/grpc-web+proto'],
  ['application/proto', 'application/proto'],
  ['application/connect+proto', 'application/connect+proto'],
  ['application/json; charset=utf-8', 'application/json'],
  ['text/plain', 'text/plain'],
  ['text/plain;charset=UTF-8', 'text/plain'],
]);

/**
 * What a body says that it is, without its parameters, where it is in UTF-8 or says nothing of that: all that is taken
 * here is in UTF-8, and JSON has no other encoding (RFC 8259, section 8.1).
 *
 * @param value - That of `Content-Type`; undefined: there is none.
 * @returns Undefined if it is in another encoding, or no media type.
 */
export function typeInUtf8(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return USUAL.get(value) ?? readTypeInUtf8(value);
}

function readTypeInUtf8(value: string): string | undefined {
  const type = parseMediaType(value);
  const isForeign = type?.parameters.some(([name, content]) => name === 'charset' && !UTF8.test(content));
  return isForeign ? undefined : type?.essence;
}

/** @param accepted - The types that the route takes, for `Accept-Post`. */
export function unsupportedMediaType(accepted: string): FlotillaError {
  return new FlotillaError('FLT_UNSUPPORTED_MEDIA_TYPE', '', {}, { 'accept-post': accepted });
}
