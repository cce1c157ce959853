import { Code } from '@connectrpc/connect';
import { header, type ProblemCode } from '@flotilla/contracts';

/**
 * Connect tells what it cannot read of a request as its own failure. A balancer would take that to each of the instances
 * in turn, and eject them for it. What fails here itself bears a code of the catalogue; what bears none is the caller's
 * fault, and is told as that: in the trailers of gRPC, in the last frame of gRPC-Web, or in Connect's document.
 */
const FAULTS: ReadonlyMap<number, { readonly code: Code; readonly problem: ProblemCode }> = new Map([
  [Code.Internal, { code: Code.InvalidArgument, problem: 'FLT_INVALID_REQUEST' }],
  [Code.ResourceExhausted, { code: Code.ResourceExhausted, problem: 'FLT_BODY_TOO_LARGE' }],
]);

const FRAME_HEAD_BYTES = 5;
const TRAILERS_FLAG = 0x80;
const SERVER_ERROR = 500;
const BAD_REQUEST = 400;

/** @param trailer - Of gRPC; it is changed. @returns Whether it was. */
export function blameCallerInTrailers(trailer: Headers): boolean {
  const fault = FAULTS.get(Number(trailer.get('grpc-status')));
  if (!fault || trailer.has(header.code)) return false;
  trailer.set('grpc-status', String(fault.code));
  trailer.set(header.code, fault.problem);
  return true;
}

/** @param body - A whole body of gRPC-Web. @returns It, or one with another last frame. */
export function blameCallerInBody(body: Buffer): Buffer {
  for (let at = 0; at + FRAME_HEAD_BYTES <= body.length; ) {
    const start = at + FRAME_HEAD_BYTES;
    if ((body.readUInt8(at) & TRAILERS_FLAG) !== 0) {
      const lines = body.toString('latin1', start);
      const trailer = new Headers();
      for (const line of lines.split('\r\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) trailer.append(line.slice(0, colon), line.slice(colon + 1).trim());
      }
      if (!blameCallerInTrailers(trailer)) return body;
      const text = [...trailer].map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = Buffer.from(body.subarray(at, start));
      head.writeUInt32BE(text.length, 1);
      return Buffer.concat([body.subarray(0, at), head, Buffer.from(text, 'latin1')]);
    }
    at = start + body.readUInt32BE(at + 1);
  }
  return body;
}

/** @param body - Connect's document of an error. @returns The status and the document that tell whose fault it is. */
export function blameCallerInDocument(
  status: number,
  headers: Headers,
  body: Buffer,
): { status: number; body: Buffer } {
  if (status !== SERVER_ERROR || headers.has(header.code)) return { status, body };
  const told = JSON.parse(body.toString()) as { code?: string };
  if (told.code !== 'internal') return { status, body };
  headers.set(header.code, 'FLT_INVALID_REQUEST' satisfies ProblemCode);
  return { status: BAD_REQUEST, body: Buffer.from(JSON.stringify({ ...told, code: 'invalid_argument' })) };
}
