import { type InboundRequest, typeInUtf8, unsupportedMediaType } from '@flotilla/http-server';

/**
 * How a text travels: in a JSON object with its request id, or as itself, its id in the header. It leaves a stage as it
 * came in, so that no stage packs what the next has to unpack.
 */
export type TextFormat = 'json' | 'plain';

const JSON_TYPE = 'application/json';
const PLAIN_TYPE = 'text/plain; charset=utf-8';

/** The media type of each. */
export const mediaTypes: Readonly<Record<TextFormat, string>> = { json: JSON_TYPE, plain: PLAIN_TYPE };

/** @throws FlotillaError if the body is of another type. */
export function textFormatOf(request: InboundRequest): TextFormat {
  const type = typeInUtf8(request.header('content-type'));
  if (type === JSON_TYPE) return 'json';
  if (type === 'text/plain') return 'plain';
  throw unsupportedMediaType(`${JSON_TYPE}, ${PLAIN_TYPE}`);
}
