import { type FlotillaError, header, httpStatusOfRpc, problemBody, rpcStatusOf } from '@flotilla/contracts';
import type { OutboundResponse } from '../message/exchange.js';
import type { RpcProtocol } from '../message/rpc-protocol.js';

/** Of the envelope that ends a stream of Connect. */
const END_STREAM_FLAG = 2;
const ENVELOPE_BYTES = 5;
/** Characters of a message that go as they are (gRPC over HTTP/2, `Status-Message`). */
const PLAIN_MESSAGE = /[^\x20-\x24\x26-\x7e]+/gu;

/** Answers a call with an error of the catalogue, in the call's own protocol. No answer may have started. */
export function sendRpcProblem(
  response: OutboundResponse,
  protocol: RpcProtocol,
  type: string,
  problem: FlotillaError,
  headers: string[],
): void {
  const { name, code } = rpcStatusOf(problem);
  const { detail } = problemBody(problem);
  headers.push(header.code, problem.code);
  if (protocol === 'grpc' || protocol === 'grpc-web') {
    headers.push('content-type', type, 'grpc-status', String(code), 'grpc-message', escaped(detail));
    response.send(200, headers, '');
    return;
  }
  const error = { code: name.toLowerCase().replace('cancelled', 'canceled'), message: detail };
  if (protocol === 'connect') {
    headers.push('content-type', 'application/json');
    response.send(httpStatusOfRpc(code), headers, latin1(JSON.stringify(error)));
  } else {
    headers.push('content-type', type);
    response.send(200, headers, latin1(JSON.stringify({ error }), END_STREAM_FLAG));
  }
}

/** Percent-encodes what may not stand in a header. */
function escaped(message: string): string {
  return message.replace(PLAIN_MESSAGE, (part) => encodeURIComponent(part));
}

/** A text's bytes in UTF-8, a character a byte. @param flag - In an envelope with this flag. */
function latin1(text: string, flag?: number): string {
  const bytes = Buffer.from(text);
  if (flag === undefined) return bytes.toString('latin1');
  const envelope = Buffer.alloc(ENVELOPE_BYTES);
  envelope.writeUInt8(flag, 0);
  envelope.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([envelope, bytes]).toString('latin1');
}
