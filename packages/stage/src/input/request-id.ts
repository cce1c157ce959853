import { FlotillaError, MAX_REQUEST_ID_LENGTH } from '@flotilla/contracts';
import type { RequestContext } from '@flotilla/http-server';

/** The member `request_id` of every request: at most six bytes a character when all are escaped, and the quotes. */
export const requestIdMember = { kind: 'value', maxBytes: 6 * MAX_REQUEST_ID_LENGTH + 2 } as const;

/** Takes the id that a body brings; it comes before the header's. `null` is what some clients send for none. */
export function takeRequestId(context: RequestContext): (value: unknown) => void {
  return (value) => {
    if (value === null) return;
    if (typeof value !== 'string' || value.length > MAX_REQUEST_ID_LENGTH) {
      throw new FlotillaError(
        'FLT_INVALID_REQUEST',
        `request_id takes a string of up to ${MAX_REQUEST_ID_LENGTH} characters.`,
      );
    }
    context.requestId = value;
    context.idFromBody = value;
  };
}
