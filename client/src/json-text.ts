import { escapeUtf8Into } from '@flotilla/json';

/** How many bytes longer each byte becomes inside a JSON string: a quote 1, most control characters 5. */
const GROWTH = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)).length - '""'.length - 1 : 0,
);
/** The longest escape: `\u001f`. */
export const MAX_ESCAPE_BYTES = 6;

/** How many bytes some UTF-8 takes inside a JSON string. */
export function escapedLength(bytes: Uint8Array): number {
  let length = bytes.length;
  for (let offset = 0; offset < bytes.length; offset++) length += GROWTH[bytes[offset] as number] as number;
  return length;
}

let scratch = new Uint8Array(0);

/** Some UTF-8 as it stands inside a JSON string, in memory of its own. */
function escaped(bytes: Uint8Array): Uint8Array {
  const enough = bytes.length * MAX_ESCAPE_BYTES;
  // One buffer for all: making one of six times the size for every slice costs more than the escaping.
  if (scratch.length < enough) scratch = new Uint8Array(enough);
  return scratch.slice(0, escapeUtf8Into(bytes, 0, bytes.length, scratch, 0));
}

/** What stands before and behind the text in the body of a request. */
interface Frame {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

function frameOf(requestId: string): Frame {
  const before = Buffer.from(`{"request_id":${JSON.stringify(requestId)},"text":"`);
  return { before, after: Buffer.from('"}') };
}

/**
 * Length of the body `{"request_id":…,"text":…}`.
 *
 * @param escapedBytes - Length of the text inside a JSON string.
 */
export function textBodyLength(requestId: string, escapedBytes: number): number {
  const { before, after } = frameOf(requestId);
  return before.length + escapedBytes + after.length;
}

/** The body `{"request_id":…,"text":…}` of a text that comes in pieces of UTF-8, as it comes. */
export async function* textBody(
  requestId: string,
  text: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { before, after } = frameOf(requestId);
  yield before;
  for await (const chunk of text) yield escaped(chunk);
  yield after;
}

/** The body `{"text":…}`, whole: for a text that is sent again and again, each time with its id in the header. */
export function wholeTextBody(text: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('{"text":"'), escaped(text), Buffer.from('"}')]);
}
