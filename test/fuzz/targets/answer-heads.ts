import http from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { MalformedResponse } from '../../../packages/upstream/src/http1/response-head.js';
import { ResponseReader } from '../../../packages/upstream/src/http1/response-reader.js';
import { cutAt, cuts, latin1, mutated, mutations } from '../bytes.js';
import { MemorySocket, settled } from '../memory-socket.js';
import { fuzzTarget } from '../target.js';

/** What of an answer its reader sees. */
interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

const interim = fc.constantFrom('', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n');
const first = fc.constantFrom(
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 200\r\n',
  'HTTP/1.1 503 Service Unavailable\r\n',
  'HTTP/1.0 200 OK\r\n',
  'HTTP/1.1 204 No Content\r\n',
  'HTTP/1.1 304 Not Modified\r\n',
);
const field = fc.constantFrom(
  'a: b\r\n',
  'x-b:\t\xe9 \r\n',
  'c:\r\n',
  'Connection: keep-alive\r\n',
  'set-cookie: a=b\r\n',
  'date: x\r\n',
);
const body = fc.string({ unit: fc.constantFrom(...'abc\r\n0;:\0\xff'), maxLength: 20 });
const chunk = fc
  .tuple(body, fc.constantFrom('', ';a', ';a=b', ';a="b"'))
  .map(([text, extension]) => (text === '' ? '' : `${text.length.toString(16)}${extension}\r\n${text}\r\n`));
const framed = fc.oneof(
  body.map((text) => [`content-length: ${text.length}\r\n`, text] as const),
  fc
    .tuple(fc.array(chunk, { maxLength: 4 }), fc.array(field, { maxLength: 2 }))
    .map(
      ([chunks, trailers]) =>
        ['transfer-encoding: chunked\r\n', `${chunks.join('')}0\r\n${trailers.join('')}\r\n`] as const,
    ),
  body.map((text) => ['', text] as const),
);
const MEANINGFUL = [
  ...'\r\n:; \t\0\x7f\x80',
  '\r\n',
  '\r\n\r\n',
  'HTTP/1.1 200 OK\r\n',
  'content-length: 1\r\n',
  'transfer-encoding: chunked\r\n',
  'Transfer-Encoding:gzip, chunked\r\n',
  'connection: close\r\n',
  ' folded\r\n',
  '0\r\n\r\n',
  '00000000000000001',
];
const inputs = fc
  .tuple(interim, first, fc.array(field, { maxLength: 4 }), framed, mutations(MEANINGFUL), cuts)
  .map(([before, line, fields, [framing, text], changes, places]) => ({
    bytes: mutated(latin1(`${before}${line}${fields.join('')}${framing}\r\n${text}`), changes),
    isSound: changes.length === 0 && maySay(line, framing),
    places,
  }));

/** Whether a status line and the length of a body go together (RFC 9110, section 8.6; RFC 9112, sections 6.1 and 6.2). */
function maySay(line: string, framing: string): boolean {
  if (line.includes('204')) return framing === '' || framing === 'content-length: 0\r\n';
  return line.startsWith('HTTP/1.1') || !framing.startsWith('transfer-encoding');
}

/** What instances answer, as the wire reads it, beside Node's client: what the wire takes, both read alike. */
export const answerHeads = fuzzTarget('answers beside Node’s client', inputs, async ({ bytes, places, isSound }) => {
  const ours = readByUs([bytes]);
  const inPieces = readByUs(cutAt(bytes, places));
  if (!isDeepStrictEqual(ours, inPieces)) throw new Error(`in pieces: ${text(inPieces)}; whole: ${text(ours)}`);
  if (ours === 'incomplete' || ours === 'refused') {
    if (isSound && ours === 'refused' && (await readByNode(bytes)) !== 'refused')
      throw new Error('a sound answer was refused');
    return false;
  }
  // Node takes the tab for a part of the coding's name, and the body for one without chunks. It is a blank (RFC 9110, 5.6.3).
  if (TAB_BEHIND_CODING.test(bytes.toString('latin1'))) return false;
  const node = await readByNode(bytes);
  if (node === 'refused' && EXTENSION.test(bytes.toString('latin1'))) return false;
  if (!isDeepStrictEqual(ours, node)) throw new Error(`ours: ${text(ours)}; Node’s: ${text(node)}`);
  return true;
});

const TAB_BEHIND_CODING = /transfer-encoding:[^\r\n]*\t[\t ]*\r\n/i;

/** Node refuses odd names in a chunk's extension, and blanks behind a size; the wire drops any text there. The body is the same. */
const EXTENSION = /\r\n[\da-f]+(?:[\t ]*;|[\t ]+\r)/i;

const text = (value: unknown) => JSON.stringify(value);

/** @returns What came of it, the connection's end included. */
function readByUs(pieces: readonly Buffer[]): Answer | 'refused' | 'incomplete' {
  const reader = new ResponseReader();
  let head: { status: number; headers: readonly string[] } | undefined;
  let got = '';
  reader.start({
    onHead: ({ status, headers }) => {
      if (head) throw new Error('a second head');
      head = { status, headers };
    },
    onBody: (view) => {
      got += view.toString('latin1');
    },
  });
  try {
    for (const chunk of pieces) if (!reader.isDone) reader.read(chunk);
  } catch (error) {
    if (error instanceof MalformedResponse) return 'refused';
    throw error;
  }
  if (!reader.finish() || !head) return 'incomplete';
  return { ...head, body: got, trailers: reader.trailers };
}

/** @returns The same of Node's client. */
async function readByNode(bytes: Buffer): Promise<Answer | 'refused' | 'incomplete'> {
  const socket = new MemorySocket();
  let result: Answer | 'refused' | 'incomplete' = 'incomplete';
  const request = http.request({ createConnection: () => socket.asSocket, method: 'POST', host: 'h' });
  request.on('error', () => (result = 'refused'));
  request.on('response', (response) => {
    let got = '';
    response.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')));
    response.on('error', () => (result = 'refused'));
    response.on('end', () => {
      const { statusCode, rawHeaders, rawTrailers } = response;
      result = { status: statusCode as number, headers: rawHeaders, body: got, trailers: rawTrailers };
    });
  });
  request.end();
  await settled(1);
  socket.arrive(bytes);
  await settled(1);
  socket.finish();
  await settled();
  request.destroy();
  socket.destroy();
  return result;
}
