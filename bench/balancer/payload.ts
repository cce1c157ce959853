/** Of a body without text. */
export const MIN_BODY_BYTES = '{"text":""}'.length;
const SENTENCE = 'The quick brown fox jumps over the lazy dog. ';

/** A JSON body of so many bytes, at least `MIN_BODY_BYTES`: what is sent, and what comes back. */
export function payload(bytes: number): string {
  const textBytes = bytes - MIN_BODY_BYTES;
  return `{"text":"${SENTENCE.repeat(Math.ceil(textBytes / SENTENCE.length)).slice(0, textBytes)}"}`;
}
