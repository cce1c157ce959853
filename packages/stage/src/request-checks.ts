import { FlotillaError } from '@flotilla/contracts';
import type { FastifyRequest } from 'fastify';

/** Refuses a body that is not JSON in UTF-8, or that is compressed: what it unpacks to would have no limit. */
export function checkMediaType(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { 'accept-encoding': 'identity' });
  }
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?(utf-?8|us-ascii)"?$/.test(charset);
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw new FlotillaError('FLT_UNSUPPORTED_MEDIA_TYPE', '', {}, { 'accept-post': 'application/json' });
  }
}

/** Whether the query asks for the whole table. Parameters that are not known are let be. */
export function wantsFrequencies(request: FastifyRequest): boolean {
  const { include } = request.query as { include?: unknown };
  if (include === undefined) return false;
  if (include === 'frequencies') return true;
  throw new FlotillaError('FLT_INVALID_QUERY', 'include takes the one value frequencies.');
}
