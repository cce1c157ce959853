import type { InboundRequest } from './exchange.js';
import { typeInUtf8 } from './media-type.js';

/**
 * How a remote procedure call is spoken: gRPC (HTTP/2 and trailers), gRPC-Web (the trailers are the body's last part),
 * or Connect (one message is the body itself, a stream of them is in envelopes).
 */
export type RpcProtocol = 'grpc' | 'grpc-web' | 'connect' | 'connect-stream';

/** Which protocol a request's type is of; undefined if of none. What is sent to a method's path is Connect. */
export function rpcProtocolOf(request: Pick<InboundRequest, 'header'>): RpcProtocol | undefined {
  const type = typeInUtf8(request.header('content-type'));
  if (!type?.startsWith('application/')) return undefined;
  if (type.startsWith('application/grpc-web')) return 'grpc-web';
  if (type.startsWith('application/grpc')) return 'grpc';
  if (type.startsWith('application/connect+')) return 'connect-stream';
  if (type === 'application/proto' || type === 'application/json') return 'connect';
  return undefined;
}
