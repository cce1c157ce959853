import type { RequestContext } from '@flotilla/http-server';
import type { TextFormat } from './input/text-format.js';
import { JsonTextReader, JsonTextWriter } from './json-text.js';
import type { OutgoingBody } from './outgoing-body.js';
import { PlainTextReader, PlainTextWriter } from './plain-text.js';

/** Reads a text out of a body, in pieces. */
export interface TextReader {
  /** @throws an input error if the body is not what it says it is. */
  write(chunk: Uint8Array): void;
  end(): void;
}

/** Writes a text into the body for the next stage, in pieces. */
export interface TextWriter {
  /** Adds text as it is to stand in the body: in JSON, escaped or free of what needs escaping. */
  text(bytes: Uint8Array): void;
  end(): void;
}

/**
 * @param mode - `raw`: the text as it stands in the body, for passing on in the same format. `decoded`: as UTF-8, for
 * working on.
 * @param onPiece - Takes the text; a piece is valid until it returns, unless it is a raw one.
 */
export function textReader(
  format: TextFormat,
  mode: 'raw' | 'decoded',
  context: RequestContext,
  onPiece: (bytes: Uint8Array) => void,
): TextReader {
  return format === 'json' ? new JsonTextReader(mode, context, onPiece) : new PlainTextReader(onPiece);
}

export function textWriter(format: TextFormat, next: OutgoingBody, context: RequestContext): TextWriter {
  return format === 'json' ? new JsonTextWriter(next, context) : new PlainTextWriter(next);
}
