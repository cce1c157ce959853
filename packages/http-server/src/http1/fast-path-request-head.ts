import type { Route } from '../answer/routes.js';
import { faultOfNames } from '../message/field-checks.js';
import { isName, parseFieldLines } from '../message/field-lines.js';
import { HOST } from '../message/head-checks.js';
import { MAX_TARGET_BYTES, pathOf } from '../message/target.js';

/** The head of a request about which there is nothing to ask. */
export interface FastPathRequestHead {
  readonly route: Route;
  /** Path and query. */
  readonly url: string;
  readonly rawHeaders: string[];
  readonly bodyBytes: number;
}

/** What requests may look like that are answered directly. */
export interface PlainRequests {
  /** Those of `POST`, by their literal paths. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly maxHeaders: number;
  readonly maxHeaderBytes: number;
}

/** Bodies beyond it come in many pieces anyway. Four reads of a socket. */
const MAX_BODY_BYTES = 64 * 1024;
const METHOD = 'POST ';
const VERSION = ' HTTP/1.1';
/** A query without escapes. */
const PLAIN_QUERY = /^\?[\w.~!$&'()*+,;=:@/?-]*$/;
/** No sign, no leading zero, nothing beside it. */
const LENGTH = /^(?:0|[1-9]\d{0,4})$/;

/**
 * Reads the head of a plain request: a `POST` of a known path in HTTP/1.1 with a length, and without a field that asks the
 * server for something. Whatever is not plain, or not sound, is not for this reader: Node's own, which is stricter with
 * words than this one is with silence, then says what is wrong with it.
 *
 * @param text - All of it without the empty line, a character a byte.
 * @returns Undefined for a head that is not plain.
 */
export function parsePlainHead(text: string, { routes, maxHeaders }: PlainRequests): FastPathRequestHead | undefined {
  const lineEnd = text.indexOf('\r\n');
  if (lineEnd === -1) return undefined;
  const urlEnd = lineEnd - VERSION.length;
  if (!text.startsWith(METHOD) || !text.startsWith(VERSION, urlEnd)) return undefined;
  const url = text.slice(METHOD.length, urlEnd);
  if (url.length > MAX_TARGET_BYTES) return undefined;
  const path = pathOf(url);
  const route = routes.get(path);
  if (!route) return undefined;
  if (url.length !== path.length && !PLAIN_QUERY.test(url.slice(path.length))) return undefined;
  const rawHeaders = parseFieldLines(text.slice(lineEnd + 2));
  if (!rawHeaders || rawHeaders.length > 2 * maxHeaders || faultOfNames(rawHeaders)) return undefined;
  const bodyBytes = plainBodyBytes(rawHeaders);
  return bodyBytes === -1 ? undefined : { route, url, rawHeaders, bodyBytes };
}

/** @returns -1 if the head is not plain. */
function plainBodyBytes(rawHeaders: readonly string[]): number {
  let host: string | undefined;
  let length: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = rawHeaders[i + 1] as string;
    if (isName(name, 'content-length')) {
      if (length !== undefined) return -1;
      length = value;
    } else if (isName(name, 'host')) {
      host = value;
    } else if (asksForSomething(name, value)) {
      return -1;
    }
  }
  if (host === undefined || !HOST.test(host) || length === undefined || !LENGTH.test(length)) return -1;
  const bodyBytes = Number(length);
  return bodyBytes > MAX_BODY_BYTES ? -1 : bodyBytes;
}

/** Fields about the connection, but for what is the rule in HTTP/1.1 anyway. Told apart by their lengths first. */
function asksForSomething(name: string, value: string): boolean {
  switch (name.length) {
    case 2:
      return isName(name, 'te');
    case 6:
      return isName(name, 'expect');
    case 7:
      return isName(name, 'upgrade') || isName(name, 'trailer');
    case 10:
      return isName(name, 'connection') && value.toLowerCase() !== 'keep-alive';
    case 16:
      // Node's parser takes it for `Connection`.
      return isName(name, 'proxy-connection');
    case 17:
      return isName(name, 'transfer-encoding');
    default:
      return false;
  }
}
