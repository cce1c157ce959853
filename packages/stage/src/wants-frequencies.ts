import { FlotillaError } from '@flotilla/contracts';
import type { FastifyRequest } from 'fastify';

/** Whether the query asks for the whole table. Parameters that are not known are let be. */
export function wantsFrequencies(request: FastifyRequest): boolean {
  const { include } = request.query as { include?: unknown };
  if (include === undefined) return false;
  if (include === 'frequencies') return true;
  throw new FlotillaError('FLT_INVALID_QUERY', 'include takes the one value frequencies.');
}
