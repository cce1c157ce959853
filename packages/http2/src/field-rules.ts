import { NAME_CHARACTERS, VALUE_CHARACTERS } from './field-characters.js';

/** A name in lower case (RFC 9113, section 8.2.1; RFC 9110, section 5.6.2). */
const NAME = new RegExp(`^[${NAME_CHARACTERS}]+$`);
/** Without blanks around it (RFC 9113, section 8.2.1). */
const VALUE = new RegExp(`^(?![\\t ])[${VALUE_CHARACTERS}]*(?<![\\t ])$`);
/** Of a connection of HTTP/1.1 (RFC 9113, section 8.2.2). */
const OF_CONNECTION = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
/** Some read what begins with 0 as octal. */
const LENGTH = /^(?:0|[1-9]\d{0,14})$/;
const METHOD = new RegExp(`^[${NAME_CHARACTERS}A-Z]+$`);
/** RFC 3986, section 3.1. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
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
  const { pseudo, fields, host, bodyBytes } = split;
  const method = pseudo.get(':method');
  const authority = pseudo.get(':authority');
  // Of fields that are too many, the ones that count may be missing.
  if (isWhole && !hasTarget(pseudo)) return undefined;
  if (method !== undefined && !METHOD.test(method)) return undefined;
  if (split.cookies > 1) joinCookies(fields);
  if (authority && host === undefined) fields.push('host', authority);
  else if (authority && host?.toLowerCase() !== authority.toLowerCase()) return undefined;
  const path = method === 'CONNECT' ? authority : pseudo.get(':path');
  return { method: method ?? '', path: path ?? '/', fields, bodyBytes };
}

/** Whether it is said what a request is for, and nothing that has no place in it. */
function hasTarget(pseudo: ReadonlyMap<string, string>): boolean {
  const method = pseudo.get(':method');
  if (method !== 'CONNECT') return Boolean(method && pseudo.get(':path')) && SCHEME.test(pseudo.get(':scheme') ?? '');
  return Boolean(pseudo.get(':authority')) && !pseudo.has(':path') && !pseudo.has(':scheme');
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
  readonly pseudo: Map<string, string>;
  readonly fields: string[];
  host: string | undefined;
  bodyBytes: number | undefined;
  cookies: number;
}

const PSEUDO = new Set([':method', ':scheme', ':authority', ':path', ':status']);

function splitFields(all: readonly string[]): SplitFields | undefined {
  const pseudo = new Map<string, string>();
  const fields: string[] = [];
  const split: SplitFields = { pseudo, fields, host: undefined, bodyBytes: undefined, cookies: 0 };
  for (let i = 0; i < all.length; i += 2) {
    const name = all[i] as string;
    const value = all[i + 1] as string;
    if (!VALUE.test(value)) return undefined;
    if (name.startsWith(':')) {
      if (fields.length > 0 || !PSEUDO.has(name) || pseudo.has(name)) return undefined;
      pseudo.set(name, value);
      continue;
    }
    if (!mayBeSent(name, value) || !mayStand(split, name, value)) return undefined;
    fields.push(name, value);
  }
  return split;
}

/** Takes note of fields that say what a message is. @returns False if one comes twice that may come once. */
function mayStand(split: SplitFields, name: string, value: string): boolean {
  if (name === 'host') {
    if (split.host !== undefined) return false;
    split.host = value;
  } else if (name === 'content-length') {
    if (split.bodyBytes !== undefined) return false;
    split.bodyBytes = Number(value);
  } else if (name === 'cookie') split.cookies++;
  return true;
}

/** Clients divide them, so that they are compressed better; in HTTP/1.1 they are one field (RFC 9113, section 8.2.3). */
function joinCookies(fields: string[]): void {
  const values: string[] = [];
  let kept = 0;
  let at = 0;
  for (let i = 0; i < fields.length; i += 2) {
    const [name, value] = [fields[i] as string, fields[i + 1] as string];
    if (name === 'cookie' && values.push(value) > 1) continue;
    if (name === 'cookie') at = kept + 1;
    fields[kept++] = name;
    fields[kept++] = value;
  }
  fields[at] = values.join('; ');
  fields.length = kept;
}

function mayBeSent(name: string, value: string): boolean {
  if (!NAME.test(name) || OF_CONNECTION.has(name)) return false;
  if (name === 'content-length') return LENGTH.test(value);
  return name !== 'te' || value === 'trailers';
}
