import { z } from 'zod';

/** How to reach one instance. */
export interface InstanceAddress {
  /** What it is called in `/stats`, logs and metrics: `service1a:8051`. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
}

/**
 * A whole number in decimal digits. Node reads `Number('')` as 0 and `Number('0x10')` as 16; neither is what anybody
 * means here.
 */
export function integer(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, allowed)
    .transform(Number)
    .pipe(z.number().min(min, allowed).max(max, allowed));
}

/** A string of bounded length. */
export function text(minLength: number, maxLength: number, pattern = /^.*$/s, alphabet = 'any character') {
  const allowed = `${minLength} to ${maxLength} characters: ${alphabet}`;
  return z.string().min(minLength, allowed).max(maxLength, allowed).regex(pattern, allowed);
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `one of ${words.join(', ')}` });
}

const URL_ALLOWED = 'one or more URLs http://host:port without a path, separated by commas';

/** `http://host:port[,http://host:port…]` as addresses. */
export const httpUrl = z.string().transform((value, context) => parseList(value, context, URL_ALLOWED, urlAddress));

const INSTANCES_ALLOWED = 'name:port or name:port=host:port, each once, separated by commas';

/** `service1a:8051,service1b:8055=127.0.0.1:18055` as addresses. */
export const instanceList = z
  .string()
  .transform((value, context) => parseList(value, context, INSTANCES_ALLOWED, instanceAddress));

function parseList(
  value: string,
  context: z.RefinementCtx,
  allowed: string,
  parse: (entry: string) => InstanceAddress | undefined,
): InstanceAddress[] {
  const addresses = value.split(',').map((entry) => parse(entry.trim()));
  const valid = addresses.filter((address) => address !== undefined);
  const distinct = new Set(valid.map((address) => address.key));
  if (valid.length !== addresses.length || distinct.size !== valid.length) {
    context.addIssue({ code: 'custom', message: allowed });
    return z.NEVER;
  }
  return valid;
}

function urlAddress(entry: string): InstanceAddress | undefined {
  if (!URL.canParse(entry)) return undefined;
  const url = new URL(entry);
  const bare = url.protocol === 'http:' && url.pathname === '/' && !url.search && !url.hash && !url.username;
  if (!bare) return undefined;
  return { key: url.host, host: url.hostname, port: Number(url.port || 80) };
}

function instanceAddress(entry: string): InstanceAddress | undefined {
  const [key = '', dialled = key] = entry.split('=', 2);
  if (!hostAndPort(key)) return undefined;
  const target = hostAndPort(dialled);
  return target && { key, ...target };
}

/** Splits `host:port`; a host of IPv6 stands in brackets. Undefined: it is neither. */
function hostAndPort(value: string): { host: string; port: number } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (!match?.[1] || port < 1 || port > 65_535) return undefined;
  return { host: match[1], port };
}
