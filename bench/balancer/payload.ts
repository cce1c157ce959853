/** Of a body without text. */
export const MIN_BODY_BYTES = '{"text":""}'.length;
const SENTENCE = 'The quick brown fox jumps over the lazy dog. ';

/** A JSON body of so many bytes, at least `MIN_BODY_BYTES`: what is sent, and what comes back. */
export function payload(bytes: number): string {
  const textBytes = bytes - MIN_BODY_BYTES;
  return `{"text":"${SENTENCE.repeat(Math.ceil(textBytes / SENTENCE.length)).slice(0, textBytes)}"}`;
}

/** Of the head of a frame of gRPC: whether the message is compressed, and its length. */
const FRAME_HEAD_BYTES = 5;
/** The text of a `TextRequest`, its first field: the tag of a field with a length. */
const TEXT_TAG = 0x0a;

/**
 * A frame of gRPC of so many bytes beyond its head: a `TextRequest`, and the same fits a `TextResponse`. What is sent,
 * and what comes back.
 */
export function grpcPayload(messageBytes: number): Buffer {
  const text = Buffer.from(SENTENCE.repeat(Math.ceil(messageBytes / SENTENCE.length)));
  // The length of the text stands before it, in 7 bits a byte: the longer it is, the less text fits.
  const fieldHead = (textBytes: number) => Buffer.from([TEXT_TAG, ...varint(textBytes)]);
  let textBytes = messageBytes;
  while (textBytes + fieldHead(textBytes).length > messageBytes) textBytes--;
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  const field = fieldHead(textBytes);
  head.writeUInt32BE(field.length + textBytes, 1);
  return Buffer.concat([head, field, text.subarray(0, textBytes)]);
}

function varint(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...varint(number >>> 7)];
}
