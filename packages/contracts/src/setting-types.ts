import { z } from 'zod';

/** How to reach one instance. */
export interface InstanceAddress {
  /** What it is called in `/stats`, logs and metrics: `service1a:8051`. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
  /** Share of the work, relative to the others; 1 if not given. */
  readonly weight?: number;
  /** It stands for instances that are to be looked up: all addresses of the host, or all targets of a service. */
  readonly lookup?: 'addresses' | 'services';
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

const INSTANCES_ALLOWED =
  'name:port, name:port=host:port, dns:host:port or srv:name, each once, separated by commas, a port being 1 to 65535; *3 after one gives it the weight 3 (1 to 1000)';

/** `service1a:8051*2,service1b:8055=127.0.0.1:18055,dns:workers:8051,srv:_http._tcp.workers` as addresses. */
export const instanceList = z
  .string()
  .transform((value, context) => parseList(value, context, INSTANCES_ALLOWED, instanceAddress));

const ORIGINS_ALLOWED = '*, or origins such as https://app.example.org, separated by commas';

/** Origins (RFC 6454), or `*` for all; none if empty. */
export const originList = z.string().transform((value, context): readonly string[] => {
  const origins = value === '' ? [] : value.split(',').map((entry) => entry.trim());
  if (origins.every((origin) => origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin))) {
    return origins;
  }
  context.addIssue({ code: 'custom', message: ORIGINS_ALLOWED });
  return z.NEVER;
});

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
  const { named, weight } = withoutWeight(entry);
  if (weight === undefined) return lookedUp(named) ?? dialledAddress(named);
  const isWeight = weight >= 1 && weight <= MAX_WEIGHT;
  const address = dialledAddress(named);
  return isWeight && address ? { ...address, weight } : undefined;
}

const MAX_WEIGHT = 1000;

function withoutWeight(entry: string): { named: string; weight: number | undefined } {
  const match = /^(.*)\*(\d{1,9})$/.exec(entry);
  return match ? { named: match[1] ?? '', weight: Number(match[2]) } : { named: entry, weight: undefined };
}

function dialledAddress(entry: string): InstanceAddress | undefined {
  const [key = '', dialled = key, ...more] = entry.split('=');
  if (more.length > 0 || !hostAndPort(key)) return undefined;
  const target = hostAndPort(dialled);
  return target && { key, ...target };
}

function lookedUp(entry: string): InstanceAddress | undefined {
  if (entry.startsWith('dns:')) {
    const target = hostAndPort(entry.slice('dns:'.length));
    return target && { key: entry, ...target, lookup: 'addresses' };
  }
  const service = /^srv:([A-Za-z0-9._-]+)$/.exec(entry)?.[1];
  return service === undefined ? undefined : { key: entry, host: service, port: 0, lookup: 'services' };
}

/** Splits `host:port`; a host of IPv6 stands in brackets. Undefined: it is neither. */
function hostAndPort(value: string): { host: string; port: number } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (!match?.[1] || port < 1 || port > 65_535) return undefined;
  return { host: match[1], port };
}
