import {
  Code,
  ConnectError,
  type ConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerResponse } from '@connectrpc/connect/protocol';
import { FlotillaError, isHeaderSafeId, header as names } from '@flotilla/contracts';
import { ReceiveBuffer } from '@flotilla/http2';
import type { RequestContext } from '../access-log/request-context.js';
import type { Handler, HttpExchange } from '../answer/routes.js';
import type { ContentCoding } from '../message/content-coding.js';
import type { BodyLimit, InboundRequest, OutboundResponse } from '../message/exchange.js';
import { typeInUtf8 } from '../message/media-type.js';
import { rpcProtocolOf } from '../message/rpc-protocol.js';
import { blameCallerInBody, blameCallerInDocument, blameCallerInTrailers } from './client-errors.js';
import { asConnectError } from './connect-error.js';
import { messageCodingOf } from './message-coding.js';
import type { RpcCaller } from './rpc-caller.js';
import { unpackedEnvelopes, unpackedMessage } from './unpacked-body.js';
import { RoomOfCall } from './unpacked-room.js';
import { writeAll } from './write-all.js';

/** The exchange that a call came by. */
const exchangeKey = createContextKey<HttpExchange | undefined>(undefined);

/** A message's limit is connect's to keep; all that a stream has together has none. */
const NO_LIMIT: BodyLimit = { maxBytes: Number.POSITIVE_INFINITY, setting: '' };
/** What of a request may wait for its reader, in bytes: a few reads of a socket. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Answers calls by connect's handlers, which speak gRPC, gRPC-Web and Connect. */
export function connectHandler(router: ConnectRouter): Handler {
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return async (exchange) => {
    const { request, response, context } = exchange;
    const path = request.url.split('?', 1)[0] as string;
    const handler = handlers.get(path);
    if (!handler) throw new FlotillaError('FLT_RPC_UNKNOWN');
    const coding = codingOf(exchange);
    const leaving = new AbortController();
    response.onClose((isWhole) => {
      if (!isWhole) leaving.abort(new ConnectError('the client has left', Code.Canceled));
    });
    const room = new RoomOfCall();
    const received = bodyOf(request);
    const body = coding === 'gzip' ? unpackedBody(received, handler, exchange, room) : received;
    try {
      const answer = await handler({
        httpVersion: request.httpVersion,
        method: 'POST',
        url: `http://${request.header('host') ?? 'localhost'}${path}`,
        header: headersOf(request, coding),
        body,
        signal: leaving.signal,
        contextValues: createContextValues().set(exchangeKey, exchange),
      });
      await send(handler, answer, response, context);
    } finally {
      room.end();
    }
    // What is unread of it is dropped.
    await body.return(undefined);
    await received.return(undefined);
  };
}

function codingOf({ request }: HttpExchange): ContentCoding {
  const protocol = rpcProtocolOf(request);
  // What is of no protocol is refused for that.
  return protocol === undefined ? 'identity' : messageCodingOf(request, protocol);
}

function unpackedBody(
  body: AsyncGenerator<Buffer>,
  { method }: UniversalHandler,
  { request }: HttpExchange,
  room: RoomOfCall,
): AsyncGenerator<Buffer> {
  if (rpcProtocolOf(request) === 'connect') return unpackedMessage(body, room);
  const isStream = method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming';
  return unpackedEnvelopes(body, room, isStream);
}

/** Who has made a call that connect-es has read. */
export function callerOf(context: HandlerContext): RpcCaller {
  const exchange = context.values.get(exchangeKey);
  if (!exchange) throw new Error('the call came by no exchange');
  return {
    exchange,
    signal: context.signal,
    remainingMs: () => context.timeoutMs(),
    setHeader: (name, value) => context.responseHeader.set(name, value),
  };
}

/** Fields that say how messages are packed: what connect-es reads is not. */
const CODINGS: ReadonlySet<string> = new Set(['content-encoding', 'grpc-encoding', 'connect-content-encoding']);

/** A request's fields, with its type as connect-es reads it: by a pattern. */
function headersOf({ rawHeaders }: InboundRequest, coding: ContentCoding): Headers {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [(rawHeaders[i] as string).toLowerCase(), rawHeaders[i + 1] as string];
    // The length is that of what is packed.
    if (CODINGS.has(name) || (name === 'content-length' && coding === 'gzip')) continue;
    headers.append(name, name === 'content-type' ? (typeInUtf8(value) ?? value) : value);
  }
  return headers;
}

/** A request's body as it arrives, no faster than it is read. */
async function* bodyOf(request: InboundRequest): AsyncGenerator<Buffer> {
  const chunks = new ReceiveBuffer();
  let waitingBytes = 0;
  let isEnded = false;
  let failure: Error | undefined;
  let wake = () => {};
  const receiving = request.receive(NO_LIMIT, {
    chunk: (chunk) => {
      chunks.keep(chunk);
      waitingBytes += chunk.length;
      wake();
      return waitingBytes < MAX_WAITING_BYTES;
    },
    end: () => {
      isEnded = true;
      wake();
    },
    fail: (error) => {
      failure = error;
      wake();
    },
  });
  for (;;) {
    if (failure) throw asConnectError(failure);
    if (!chunks.isEmpty) {
      const chunk = chunks.shift();
      waitingBytes -= chunk.length;
      yield chunk;
      receiving.resume();
    } else if (isEnded) {
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

async function send(
  { method }: UniversalHandler,
  answer: UniversalServerResponse,
  response: OutboundResponse,
  context: RequestContext,
): Promise<void> {
  const { status, body, header = new Headers() } = answer;
  if (isHeaderSafeId(context.requestId)) header.set(names.requestId, context.requestId);
  // That of the response is its own to say.
  header.delete('content-length');
  const headers = [...header].flat();
  const isOneMessage = method.methodKind === 'unary' || method.methodKind === 'client_streaming';
  if (!body) {
    noteStatus(context, status, answer);
    response.send(status, headers, '');
    return;
  }
  const chunks = isOneMessage ? await gathered(body) : body;
  const trailers = () => (answer.trailer ? [...answer.trailer].flat() : []);
  if (isOneMessage && trailers().length === 0) {
    const told = ofCaller(status, header, Buffer.concat(chunks as Uint8Array[]));
    noteStatus(context, told.status, answer);
    response.send(told.status, [...header].flat(), told.body.toString('latin1'));
    return;
  }
  response.begin(status, headers);
  await writeAll(response, chunks);
  if (answer.trailer) blameCallerInTrailers(answer.trailer);
  noteStatus(context, status, answer);
  response.end(trailers());
}

function ofCaller(status: number, header: Headers, body: Buffer): { status: number; body: Buffer } {
  const isWeb = header.get('content-type')?.startsWith('application/grpc-web');
  return isWeb ? { status, body: blameCallerInBody(body) } : blameCallerInDocument(status, header, body);
}

async function gathered(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

/** For the log and the metrics. An error of gRPC is in its trailers, or in its head where there is nothing else. */
function noteStatus(context: RequestContext, status: number, { header, trailer }: UniversalServerResponse): void {
  const told = trailer?.get('grpc-status') ?? header?.get('grpc-status');
  if (told !== undefined && told !== null) context.rpcCode = Number(told);
  else if (status === 200) context.rpcCode = 0;
}
