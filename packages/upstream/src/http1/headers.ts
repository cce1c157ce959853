import { header } from '@flotilla/contracts';
import { fieldValue, isName, NameSet } from '@flotilla/http-server';

/** Header fields as Node and undici give them: name, value, name, value, … */
export type RawHeaders = string[];

/**
 * Fields that are about one connection (RFC 9110, section 7.6.1, and those of RFC 2616 that are still met), and
 * `expect`, which each hop answers for itself.
 */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'expect',
];

/**
 * The fields that go on to the next hop: without those in `dropped`, and those that `Connection` names.
 *
 * @param dropped - Made by {@link hopByHopAnd}.
 */
export function forwardable(raw: readonly string[], dropped: NameSet): RawHeaders {
  const named = namedByConnection(raw);
  const kept: RawHeaders = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (dropped.has(name) || named?.has(name)) continue;
    kept.push(name, raw[i + 1] as string);
  }
  return kept;
}

/**
 * What {@link forwardable} drops: the fields of the connection, and others.
 *
 * @param names - In lower case.
 */
export function hopByHopAnd(...names: readonly string[]): NameSet {
  return new NameSet([...HOP_BY_HOP, ...names]);
}

function namedByConnection(raw: readonly string[]): NameSet | undefined {
  const value = fieldValue(raw, 'connection');
  // What nearly all say names nothing that is not dropped anyway.
  if (value === undefined || value === 'keep-alive') return undefined;
  return new NameSet(value.split(',').map((name) => name.trim().toLowerCase()));
}

/** The first value of a field, or undefined. `name` is in lower case. */
export function field(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (isName(raw[i] as string, name)) return raw[i + 1];
  }
  return undefined;
}

/** Fields that mean nothing, or something else, after a body (RFC 9110, section 6.5.1): framing, routing, secrets. */
const NEVER_TRAILERS = hopByHopAnd(
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
);

const NO_TRAILERS: RawHeaders = [];

/** The fields after a body that go on to the next hop. */
export function forwardableTrailers(raw: readonly string[]): RawHeaders {
  return raw.length === 0 ? NO_TRAILERS : forwardable(raw, NEVER_TRAILERS);
}
