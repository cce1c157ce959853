import type { MalformedCase } from '../cases/case.ts';

/** A request as a client of HTTP/2 sends it. */
export interface Http2Request {
  /** Pseudo fields first. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** One space on each side of the target: how words are separated is nothing that HTTP/2 has. */
const REQUEST_LINE = /^([^ \r\n]+) ([^ ](?:.*[^ ])?) HTTP\/1\.1$/s;
const FIELD_LINE = /^([^:\s][^:]*):[ \t]*(.*?)[ \t]*$/s;
/** HTTP/2 has none of them (RFC 9113, 8.2.2), and frames bodies in its own way. */
const OF_HTTP1 = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te']);

/**
 * The same request in HTTP/2.
 *
 * @returns Undefined if what it is about is nothing that HTTP/2 has: lines, chunks, versions, pipelines.
 */
export function asHttp2({ bytes, outcomes }: MalformedCase): Http2Request | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (outcomes.length !== 1 || headEnd === -1) return undefined;
  const [requestLine = '', ...lines] = bytes.slice(0, headEnd).split('\r\n');
  const [, method, target] = REQUEST_LINE.exec(requestLine) ?? [];
  const fields = lines.map(fieldOf);
  if (method === undefined || target === undefined || !fields.every((field) => field !== undefined)) return undefined;
  if (fields.some(([name]) => OF_HTTP1.has(name.trim()))) return undefined;
  // Several fields of cookies are one there (RFC 9113, 8.2.3).
  if (fields.filter(([name]) => name === 'cookie').length > 1) return undefined;
  const hosts = fields.filter(([name]) => name === 'host');
  const authority = hosts.length === 1 ? hosts : [];
  const others = hosts.length === 1 ? fields.filter(([name]) => name !== 'host') : fields;
  const route = method === 'CONNECT' ? [] : [[':scheme', 'http'] as const, [':path', target] as const];
  return {
    fields: [
      [':method', method],
      ...route,
      ...authority.map(([, value]) => [':authority', method === 'CONNECT' ? target : value] as const),
      ...others,
    ],
    body: bytes.slice(headEnd + 4),
  };
}

function fieldOf(line: string): readonly [string, string] | undefined {
  const [, name, value] = FIELD_LINE.exec(line) ?? [];
  return name === undefined || value === undefined ? undefined : [name.toLowerCase(), value];
}
