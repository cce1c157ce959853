import { header } from '@flotilla/contracts';

/** Header fields as Node and undici give them: name, value, name, value, … */
export type RawHeaders = string[];

/**
 * Fields that are about one connection (RFC 9110, section 7.6.1, and those of RFC 2616 that are still met), and
 * `expect`, which each hop answers for itself.
 */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/**
 * The fields that go on to the next hop: without those of this connection, without those that `Connection` names, and
 * without the ones in `replaced`, which the caller sets anew.
 *
 * @param replaced - Names in lower case.
 */
export function forwardable(raw: readonly string[], replaced: ReadonlySet<string>): RawHeaders {
  const named = namedByConnection(raw);
  const kept: RawHeaders = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || replaced.has(lower) || named?.includes(lower)) continue;
    kept.push(name, raw[i + 1] as string);
  }
  return kept;
}

function namedByConnection(raw: readonly string[]): string[] | undefined {
  let named: string[] | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if ((raw[i] as string).toLowerCase() !== 'connection') continue;
    const names = (raw[i + 1] as string).split(',').map((name) => name.trim().toLowerCase());
    named = named ? named.concat(names) : names;
  }
  return named;
}

/** The first value of a field, or undefined. `name` is in lower case. */
export function field(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const candidate = raw[i] as string;
    if (candidate.length === name.length && candidate.toLowerCase() === name) return raw[i + 1];
  }
  return undefined;
}

/** Fields that mean nothing, or something else, after a body (RFC 9110, section 6.5.1): framing, routing, secrets. */
const NEVER_TRAILERS = new Set([
  ...HOP_BY_HOP,
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'host',
  'max-forwards',
  'set-cookie',
  'trailer',
  header.requestId,
  header.failedStage,
  header.deadline,
]);

const NO_TRAILERS: RawHeaders = [];

/** The fields after a body that go on to the next hop. */
export function forwardableTrailers(raw: readonly string[]): RawHeaders {
  return raw.length === 0 ? NO_TRAILERS : forwardable(raw, NEVER_TRAILERS);
}
