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
  'trailer',
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

/** Raw headers of undici, which are buffers, as strings. Latin-1, as in Node: one byte, one character. */
export function decodeHeaders(raw: readonly (Buffer | string)[]): RawHeaders {
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}
