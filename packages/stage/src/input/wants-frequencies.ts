import { FlotillaError } from '@flotilla/contracts';

/**
 * Whether the query asks for the whole table. Parameters that are not known are let be.
 *
 * @param url - Path and query.
 */
export function wantsFrequencies(url = ''): boolean {
  const queryStart = url.indexOf('?');
  if (queryStart === -1) return false;
  const values = new URLSearchParams(url.slice(queryStart + 1)).getAll('include');
  if (values.length === 0) return false;
  if (values.length === 1 && values[0] === 'frequencies') return true;
  throw new FlotillaError('FLT_INVALID_QUERY', 'include takes the one value frequencies.');
}
