import type { Config } from '@flotilla/process';
import type { BodyLimit } from './exchange.js';

/** The limit of texts that come as themselves. */
export function streamLimit({ maxStreamBytes }: Config<'maxStreamBytes'>): BodyLimit {
  const maxBytes = maxStreamBytes === 0 ? Number.POSITIVE_INFINITY : maxStreamBytes;
  return { maxBytes, setting: 'FLOTILLA_MAX_STREAM_BYTES' };
}

/**
 * The limit of bodies that are held whole by someone on the way.
 *
 * @param hop - `outer`: from the fleet's clients. `inner`: between its services, where text may have grown.
 */
export function bodyLimit(hop: 'outer' | 'inner', config: Config<'maxBodyBytes' | 'maxInnerBodyBytes'>): BodyLimit {
  if (hop === 'outer') return { maxBytes: config.maxBodyBytes, setting: 'FLOTILLA_MAX_BODY_BYTES' };
  return { maxBytes: config.maxInnerBodyBytes, setting: 'FLOTILLA_MAX_INNER_BODY_BYTES' };
}
