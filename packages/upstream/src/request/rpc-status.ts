import { header, type ProblemCode, problems } from '@flotilla/contracts';
import { type Outcome, outcomeOfRpc } from '../core/outcome.js';
import { field, type RawHeaders } from '../http1/headers.js';

/** An answer to a remote procedure call, as far as it is here. */
export interface RpcAnswerSoFar {
  readonly headers: RawHeaders;
  readonly trailers: RawHeaders;
  /** Of its body, a character a byte. */
  readonly held: readonly string[];
}

const STATUS = 'grpc-status';
const DIGITS = /^\d{1,3}$/;
/** Of a frame of gRPC-Web: a byte of flags, and four of the length. */
const FRAME_HEAD_BYTES = 5;
const TRAILERS_FLAG = 0x80;

/** The fields that an answer's status is among: its head where there is nothing else, its trailers, or its last frame. */
export function statusFields({ headers, trailers, held }: RpcAnswerSoFar, isInBody: boolean): RawHeaders | undefined {
  if (field(headers, STATUS) !== undefined) return headers;
  const fields = isInBody ? trailersOfBody(held.join('')) : trailers;
  return field(fields, STATUS) === undefined ? undefined : fields;
}

/** The status itself, or undefined if there is none that is a number. */
export function rpcCodeIn(fields: RawHeaders | undefined): number | undefined {
  const code = fields && field(fields, STATUS);
  return code !== undefined && DIGITS.test(code) ? Number(code) : undefined;
}

/** What an answer's status makes of its try. One without a status was cut off. */
export function outcomeOfFields(fields: RawHeaders | undefined): Outcome {
  const code = rpcCodeIn(fields);
  if (code === undefined || fields === undefined) return 'broken';
  const problem = field(fields, header.code);
  const isKnown = problem !== undefined && Object.hasOwn(problems, problem);
  const problemStatus = isKnown ? problems[problem as ProblemCode].status : undefined;
  return outcomeOfRpc(code, field(fields, header.failedStage), problemStatus);
}

/** The trailers of gRPC-Web: lines of a frame behind those of the messages. */
function trailersOfBody(body: string): RawHeaders {
  let at = 0;
  while (at + FRAME_HEAD_BYTES <= body.length) {
    const head = Buffer.from(body.slice(at, at + FRAME_HEAD_BYTES), 'latin1');
    const start = at + FRAME_HEAD_BYTES;
    const end = start + head.readUInt32BE(1);
    if ((head.readUInt8(0) & TRAILERS_FLAG) !== 0) return linesOf(body.slice(start, end));
    at = end;
  }
  return [];
}

function linesOf(text: string): RawHeaders {
  return text
    .split('\r\n')
    .filter((line) => line.includes(':'))
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    });
}
