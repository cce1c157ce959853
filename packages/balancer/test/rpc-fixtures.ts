import http2, {
  type ClientHttp2Session,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A method with one message each way, whose calls may be had from the next instance. */
export const METHOD = '/pipeline.TextInputService/ReceiveText';

/** A call as an instance sees it. */
interface SeenCall {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value, … */
  readonly raw: readonly string[];
}

export type CallHandler = (call: SeenCall) => void;

/** How a call came out for a client. */
export interface CallOutcome {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of HTTP/2; 0 if it was not reset. */
  readonly resetCode: number;
  /** Wherever it came: in the trailers, or in the head where there is nothing else. */
  readonly status: number | undefined;
}

/** An instance that speaks HTTP/2 and answers calls as it is told; closed with all of its sessions when the test ends. */
export async function rpcInstance(handler: CallHandler): Promise<number> {
  const server = http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session.on('error', () => {}));
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers, _flags, raw) => {
    stream.on('error', () => {});
    handler({ stream, headers, raw });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A message in the frame that gRPC gives it. */
export function framed(message: string | Buffer, flags = 0): Buffer {
  const bytes = Buffer.from(message);
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const HEAD = { ':status': 200, 'content-type': 'application/grpc' };

/** Ends a call once all of it has come: with these fields as trailers, after a message if there is one. */
export function endWith(fields: OutgoingHttpHeaders, message?: string): CallHandler {
  return ({ stream }) => {
    stream.resume();
    stream.once('end', () => {
      if (stream.destroyed) return;
      stream.respond(HEAD, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers(fields));
      stream.end(message === undefined ? undefined : framed(message));
    });
  };
}

/** The same with trailers only: the fields are those of the head, and there is nothing else. */
export function headOnly(fields: OutgoingHttpHeaders): CallHandler {
  return ({ stream }) => {
    stream.resume();
    stream.once('end', () => stream.respond({ ...HEAD, ...fields }, { endStream: true }));
  };
}

/** Answers with its name. */
export function named(name: string): CallHandler {
  return endWith({ 'grpc-status': '0' }, name);
}

/** A client with one connection, closed when the test ends. */
export function rpcClient(port: number, options: http2.ClientSessionOptions = {}) {
  const session = http2.connect(`http://127.0.0.1:${port}`, options);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return {
    session,
    begin: (fields: OutgoingHttpHeaders = {}) => begin(session, fields),
    /** Calls with one message, and waits for the end. */
    call: (fields: OutgoingHttpHeaders = {}, message: string | Buffer = 'question') => {
      const { stream, outcome } = begin(session, fields);
      stream.end(framed(message));
      return outcome;
    },
  };
}

function begin(session: ClientHttp2Session, fields: OutgoingHttpHeaders) {
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: METHOD,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...fields,
  });
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  const body: Buffer[] = [];
  stream.on('response', (received) => {
    headers = received;
  });
  stream.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  stream.on('error', () => {});
  const outcome = new Promise<CallOutcome>((resolve) => {
    stream.once('close', () => {
      const told = trailers['grpc-status'] ?? headers['grpc-status'];
      const status = told === undefined ? undefined : Number(told);
      resolve({ headers, trailers, body: Buffer.concat(body), resetCode: stream.rstCode ?? 0, status });
    });
  });
  return { stream, outcome };
}

/** The message of an answer that has one. */
export function messageOf({ body }: CallOutcome): string {
  return body.subarray(5).toString();
}
