import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { CALL_NAME, recordBeginning, recordEnd } from './call-record.js';
import {
  type EchoStatus,
  type Payload,
  PayloadType,
  type StreamingInputCallRequest,
  type StreamingOutputCallRequest,
} from './gen/grpc/testing/messages_pb.js';
import { TestService } from './gen/grpc/testing/test_pb.js';

/** What the cases of interoperability enter by: a port of this machine that speaks HTTP/2 in plain text. */
export interface Endpoint {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Metadata that comes back: the first with the response's headers, the second with its trailers. */
export const ECHO_INITIAL = 'x-grpc-test-echo-initial';
export const ECHO_TRAILING = 'x-grpc-test-echo-trailing-bin';

/** Starts the test service on a port that is free. */
export async function openTestServer(): Promise<Endpoint> {
  const server = http2.createServer(connectNodeAdapter({ routes: testService }));
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  // Seen from beneath the handlers: a handler takes a request stream that was reset for one that has ended.
  server.on('stream', (stream, headers) => {
    stream.once('close', () => recordEnd(headers[CALL_NAME], stream.rstCode));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const session of sessions) session.destroy();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

/** Offers `grpc.testing.TestService`, but for its method that no server implements. */
function testService(router: ConnectRouter): void {
  router.service(TestService, {
    emptyCall: (_request, context) => {
      begin(context);
      return {};
    },
    unaryCall: ({ responseSize, responseStatus }, context) => {
      begin(context);
      failIfAsked(responseStatus);
      return { payload: payload(responseSize) };
    },
    streamingInputCall,
    async *streamingOutputCall(request, context) {
      begin(context);
      yield* responsesTo(request);
    },
    fullDuplexCall,
  });
}

async function streamingInputCall(requests: AsyncIterable<StreamingInputCallRequest>, context: HandlerContext) {
  begin(context);
  let aggregatedPayloadSize = 0;
  for await (const request of requests) aggregatedPayloadSize += request.payload?.body.length ?? 0;
  return { aggregatedPayloadSize };
}

async function* fullDuplexCall(requests: AsyncIterable<StreamingOutputCallRequest>, context: HandlerContext) {
  begin(context);
  for await (const request of requests) yield* responsesTo(request);
}

/** What each call begins with. */
function begin(context: HandlerContext): void {
  recordBeginning(context);
  const { requestHeader, responseHeader, responseTrailer } = context;
  echo(ECHO_INITIAL, requestHeader, responseHeader);
  echo(ECHO_TRAILING, requestHeader, responseTrailer);
}

function echo(name: string, from: Headers, to: Headers): void {
  const value = from.get(name);
  if (value !== null) to.set(name, value);
}

function* responsesTo({ responseParameters, responseStatus }: StreamingOutputCallRequest) {
  failIfAsked(responseStatus);
  for (const { size } of responseParameters) yield { payload: payload(size) };
}

function failIfAsked(status: EchoStatus | undefined): void {
  if (status && status.code !== 0) throw new ConnectError(status.message, status.code as Code);
}

function payload(bytes: number): Omit<Payload, '$typeName'> {
  return { type: PayloadType.COMPRESSABLE, body: new Uint8Array(bytes) };
}
