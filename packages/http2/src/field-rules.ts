/** A name in lower case (RFC 9113, section 8.2.1; RFC 9110, section 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const VALUE = /^(?:[^\0\r\n\t ](?:[^\0\r\n]*[^\0\r\n\t ])?)?$/;
/** Of a connection of HTTP/1.1 (RFC 9113, section 8.2.2). */
const OF_CONNECTION = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const LENGTH = /^\d{1,15}$/;
const STATUS = /^[1-9]\d\d$/;

/** The head of a request. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  /** Without the pseudo fields; the authority is there as `host`. */
  readonly fields: readonly string[];
  /** Undefined if it was not said. */
  readonly bodyBytes: number | undefined;
}

/** The head of a response. */
export interface ResponseHead {
  readonly status: number;
  readonly fields: readonly string[];
  readonly bodyBytes: number | undefined;
}

/** Reads a request's fields (RFC 9113, section 8.3.1). @returns Undefined if they are malformed. */
export function requestHead(all: readonly string[], isWhole: boolean): RequestHead | undefined {
  const split = splitFields(all);
  if (!split || split.pseudo.has(':status')) return undefined;
  const { pseudo, fields, bodyBytes } = split;
  const method = pseudo.get(':method');
  const authority = pseudo.get(':authority');
  const path = method === 'CONNECT' ? authority : pseudo.get(':path');
  // Of fields that are too many, the ones that count may be missing.
  const isComplete = method && path && (method === 'CONNECT' || pseudo.has(':scheme'));
  if (!isComplete && isWhole) return undefined;
  if (authority && !split.hasHost) fields.push('host', authority);
  return { method: method ?? '', path: path ?? '/', fields, bodyBytes };
}

/** Reads a response's fields (RFC 9113, section 8.3.2). @returns Undefined if they are malformed. */
export function responseHead(all: readonly string[]): ResponseHead | undefined {
  const split = splitFields(all);
  const status = split?.pseudo.get(':status') ?? '';
  if (split?.pseudo.size !== 1 || !STATUS.test(status)) return undefined;
  return { status: Number(status), fields: split.fields, bodyBytes: split.bodyBytes };
}

/** Whether fields may stand behind a body. */
export function areTrailers(all: readonly string[]): boolean {
  const split = splitFields(all);
  return split !== undefined && split.pseudo.size === 0;
}

interface SplitFields {
  readonly pseudo: ReadonlyMap<string, string>;
  readonly fields: string[];
  readonly hasHost: boolean;
  readonly bodyBytes: number | undefined;
}

const PSEUDO = new Set([':method', ':scheme', ':authority', ':path', ':status']);

function splitFields(all: readonly string[]): SplitFields | undefined {
  const pseudo = new Map<string, string>();
  const fields: string[] = [];
  let bodyBytes: number | undefined;
  let hasHost = false;
  for (let i = 0; i < all.length; i += 2) {
    const name = all[i] as string;
    const value = all[i + 1] as string;
    if (!VALUE.test(value)) return undefined;
    if (name.startsWith(':')) {
      if (fields.length > 0 || !PSEUDO.has(name) || pseudo.has(name)) return undefined;
      pseudo.set(name, value);
      continue;
    }
    if (!mayBeSent(name, value)) return undefined;
    if (name === 'host') hasHost = true;
    if (name === 'content-length') {
      if (bodyBytes !== undefined && bodyBytes !== Number(value)) return undefined;
      bodyBytes = Number(value);
    }
    fields.push(name, value);
  }
  return { pseudo, fields, hasHost, bodyBytes };
}

function mayBeSent(name: string, value: string): boolean {
  if (!NAME.test(name) || OF_CONNECTION.has(name)) return false;
  if (name === 'content-length') return LENGTH.test(value);
  return name !== 'te' || value === 'trailers';
}
