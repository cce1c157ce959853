import { FlotillaError } from '@flotilla/contracts';
import type { RequestContext } from '@flotilla/http-server';
import { JsonReader, type JsonShape, jsonShape, jsonString } from '@flotilla/json';
import { requestIdMember, takeRequestId } from './input/request-id.js';
import type { OutgoingBody } from './outgoing-body.js';

const encoder = new TextEncoder();
const TEXT_BEGINS = encoder.encode('{"text":"');
const TEXT_ENDS = encoder.encode('"');
const REQUEST_ID = encoder.encode(',"request_id":');
const OBJECT_ENDS = encoder.encode('}');

const RAW_SHAPE = jsonShape({ text: { kind: 'text', mode: 'raw' }, request_id: requestIdMember });
const DECODED_SHAPE = jsonShape({ text: { kind: 'text', mode: 'decoded' }, request_id: requestIdMember });

/** Reads `{ "text": …, "request_id": … }` in pieces. */
export class JsonTextReader {
  readonly #reader: JsonReader;
  #hasText = false;

  /**
   * @param mode - `raw`: the text as it stands between its quotes, for passing on. `decoded`: as UTF-8, for working on.
   * @param onPiece - Takes the text; a piece is valid until it returns, unless it is a raw one.
   */
  constructor(mode: 'raw' | 'decoded', context: RequestContext, onPiece: (bytes: Uint8Array) => void) {
    const shape: JsonShape<typeof RAW_SHAPE.specs | typeof DECODED_SHAPE.specs> =
      mode === 'raw' ? RAW_SHAPE : DECODED_SHAPE;
    const begin = () => {
      this.#hasText = true;
    };
    this.#reader = new JsonReader(shape, { text: { begin, chunk: onPiece }, request_id: takeRequestId(context) });
  }

  write(chunk: Uint8Array): void {
    this.#reader.write(chunk);
  }

  end(): void {
    this.#reader.end();
    if (!this.#hasText) throw new FlotillaError('FLT_INVALID_REQUEST', 'text is missing; it takes a string.');
  }
}

/** Writes `{ "text": …, "request_id": … }` in pieces. */
export class JsonTextWriter {
  readonly #next: OutgoingBody;
  readonly #context: RequestContext;

  constructor(next: OutgoingBody, context: RequestContext) {
    this.#next = next;
    this.#context = context;
    next.push(TEXT_BEGINS);
  }

  /** Adds text as it is to stand between the quotes: escaped, or free of what needs escaping. */
  text(bytes: Uint8Array): void {
    this.#next.push(bytes);
  }

  end(): void {
    this.#next.push(TEXT_ENDS);
    endWithRequestId(this.#next, this.#context);
  }
}

/** Ends a body with the id that the request's own body brought. One of the header travels in the header. */
export function endWithRequestId(next: OutgoingBody, { idFromBody }: RequestContext): void {
  if (idFromBody !== undefined) {
    next.push(REQUEST_ID);
    next.push(jsonString(idFromBody));
  }
  next.push(OBJECT_ENDS);
  next.end();
}
