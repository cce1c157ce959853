import { isName } from './field-lines.js';

/** Fields that every hop acts on, or that say what a request is. No hop may lose one, or read one of its own. */
const ACTED_ON: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'content-encoding',
  'authorization',
  'idempotency-key',
  'x-request-id',
  'x-request-deadline-ms',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

/** Of these, Node hands over the first of several, and passes on all. Told apart by their lengths. */
const ONCE: readonly (string | undefined)[] = byLength([
  'host',
  'content-type',
  'authorization',
  'idempotency-key',
  'x-request-deadline-ms',
]);

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * What is wrong with the names of a request's fields, or undefined: one that may come once comes twice, or one looks
 * like a field that hops act on. Gateways that turn names into variables read `_` as `-` (RFC 3875, 4.1.18).
 *
 * It runs for every request, and allocates nothing for one that is sound.
 *
 * @param raw - Name, value, name, value, …
 */
export function faultOfNames(raw: readonly string[]): string | undefined {
  let seen = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const once = ONCE[name.length];
    if (once !== undefined && isName(name, once)) {
      const bit = 1 << name.length;
      if (seen & bit) return `The request has more than one ${once} header.`;
      seen |= bit;
    }
    if (name.includes('_') && isActedOn(name.replaceAll('_', '-'))) {
      return 'The request has a header whose name, but for an underscore, is that of another.';
    }
  }
  return undefined;
}

/** What is wrong with the value of `Connection`, or undefined. */
export function faultOfConnection(value: string): string | undefined {
  for (const option of optionsOf(value)) {
    if (!TOKEN.test(option)) return 'Connection takes a list of names.';
    if (isActedOn(option)) return 'Connection names a header that is for every hop.';
  }
  return undefined;
}

/** What `Connection` lists, but for empty elements. */
export function optionsOf(value: string): string[] {
  return value.split(',').flatMap((option) => option.trim() || []);
}

function isActedOn(name: string): boolean {
  return ACTED_ON.has(name.toLowerCase());
}

function byLength(names: readonly string[]): (string | undefined)[] {
  const table: (string | undefined)[] = [];
  for (const name of names) table[name.length] = name;
  return table;
}
