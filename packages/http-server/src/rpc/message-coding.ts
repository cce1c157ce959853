import { FlotillaError } from '@flotilla/contracts';
import { type ContentCoding, TAKEN_CODINGS, takenCoding } from '../message/content-coding.js';
import type { InboundRequest } from '../message/exchange.js';
import type { RpcProtocol } from '../message/rpc-protocol.js';

/** Which field says how a call's messages are packed, and which one what is taken. Where Connect has no envelopes, HTTP's do. */
const FIELDS: Readonly<Record<RpcProtocol, { readonly coding: string; readonly taken: string }>> = {
  grpc: { coding: 'grpc-encoding', taken: 'grpc-accept-encoding' },
  'grpc-web': { coding: 'grpc-encoding', taken: 'grpc-accept-encoding' },
  connect: { coding: 'content-encoding', taken: 'accept-encoding' },
  'connect-stream': { coding: 'connect-content-encoding', taken: 'connect-accept-encoding' },
};

/** How the messages of a call may be packed. @throws FlotillaError if in a way that is not taken here. */
export function messageCodingOf(request: Pick<InboundRequest, 'header'>, protocol: RpcProtocol): ContentCoding {
  const { coding, taken } = FIELDS[protocol];
  const value = request.header(coding);
  // Nearly all have none.
  if (value === undefined) return 'identity';
  const known = takenCoding(value);
  if (known === undefined) throw new FlotillaError('FLT_UNSUPPORTED_ENCODING', '', {}, { [taken]: TAKEN_CODINGS });
  return known;
}
