import { type ByteRange, cutRange } from './cut.js';
import { escapedLength, textBodyLength } from './json-text.js';
import { ClientError } from './problems.js';
import type { TextFile } from './text-file.js';

/** A part of a file that goes out as one request. */
export interface Chunk extends ByteRange {
  /** From 1, in the order of the file. */
  readonly number: number;
  readonly requestId: string;
  /** Length of the request's body. */
  readonly bodyBytes: number;
  /** Whether the body is a JSON object. If not, it is the text itself. */
  readonly isJson: boolean;
}

/** What a file is cut for. */
interface CutRequest {
  /** How many chunks are wanted. */
  readonly parts: number;
  /** Prefix of the chunks' request ids; safe in a header. */
  readonly runId: string;
}

interface JsonCutRequest extends CutRequest {
  /** The largest body that the fleet takes. */
  readonly maxBodyBytes: number;
}

/** Stands for every chunk's id while its body is measured: as long as the longest. */
const LONGEST_NUMBER = '9'.repeat(9);

interface Measured extends ByteRange {
  readonly escapedBytes: number;
}

/**
 * Cuts a file at white space into the wanted number of chunks, which go out as they are. Reads the file only where it is
 * cut; that it is valid UTF-8 comes out as it is sent.
 */
export async function planChunks(file: TextFile, { parts, runId }: CutRequest): Promise<Chunk[]> {
  const readAt = (position: number, maxBytes: number) => file.readAt(position, maxBytes);
  const ranges = await cutRange(readAt, { start: 0, end: file.sizeBytes }, parts);
  return ranges.map(({ start, end }, index) => {
    const number = index + 1;
    return { start, end, number, requestId: `${runId}-${number}`, bodyBytes: end - start, isJson: false };
  });
}

/**
 * Cuts a file at white space into the wanted number of chunks, or more where one would be too large for a JSON body.
 * Reads the whole file once, which also proves it to be valid UTF-8 before anything is sent.
 *
 * @throws ClientError when a word takes half of a request or more and cannot be sent, or the file is not valid UTF-8.
 */
export async function planJsonChunks(file: TextFile, request: JsonCutRequest): Promise<Chunk[]> {
  const { runId, maxBodyBytes } = request;
  const frameBytes = textBodyLength(`${runId}-${LONGEST_NUMBER}`, 0);
  const maxEscapedBytes = maxBodyBytes - frameBytes;
  if (maxEscapedBytes < 1) throw new ClientError(`a body of ${maxBodyBytes} bytes holds no text`);
  const readAt = (position: number, maxBytes: number) => file.readAt(position, maxBytes);
  const whole = { start: 0, end: file.sizeBytes };
  const ranges = await cutRange(readAt, whole, request.parts);
  const chunks: Chunk[] = [];
  for (const range of ranges) {
    for (const fitting of await cutToFit(file, range, maxEscapedBytes)) {
      const number = chunks.length + 1;
      const requestId = `${runId}-${number}`;
      const bodyBytes = textBodyLength(requestId, fitting.escapedBytes);
      chunks.push({ start: fitting.start, end: fitting.end, number, requestId, bodyBytes, isJson: true });
    }
  }
  return chunks;
}

/** A range as it is, or in as many pieces as the limit asks for. */
async function cutToFit(file: TextFile, range: ByteRange, maxEscapedBytes: number): Promise<Measured[]> {
  const escapedBytes = await measure(file, range);
  if (escapedBytes <= maxEscapedBytes) return [{ ...range, escapedBytes }];
  const readAt = (position: number, maxBytes: number) => file.readAt(position, maxBytes);
  const pieces = await cutRange(readAt, range, Math.ceil(escapedBytes / maxEscapedBytes));
  if (pieces.length < 2) {
    // No white space from the first quantile to the end: half of the range, or more, is one word.
    throw new ClientError(
      `${file.path} has a word behind offset ${range.start} that is too long to be sent`,
      `Words are not cut, and a request holds at most ${maxEscapedBytes} bytes of text.`,
    );
  }
  const fitting: Measured[] = [];
  for (const chunk of pieces) fitting.push(...(await cutToFit(file, chunk, maxEscapedBytes)));
  return fitting;
}

async function measure(file: TextFile, range: ByteRange): Promise<number> {
  let length = 0;
  for await (const slice of file.slices(range)) length += escapedLength(slice);
  return length;
}
