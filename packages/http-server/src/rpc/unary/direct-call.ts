import type { ContentCoding } from '../../message/content-coding.js';
import type { InboundRequest } from '../../message/exchange.js';
import { typeInUtf8 } from '../../message/media-type.js';
import { messageCodingOf } from '../message-coding.js';

/** How a call with one message each way is spoken. */
export type UnaryProtocol = 'grpc' | 'grpc-web' | 'connect';

/** A call that can be read here. */
export interface UnaryCallExchange {
  readonly protocol: UnaryProtocol;
  /** How its message may be packed. */
  readonly coding: ContentCoding;
  /** What the caller leaves it, in ms; undefined: it sets no limit. */
  readonly timeoutMs: number | undefined;
}

/** Messages in protobuf's own format, by their media types. */
const PROTOCOLS: ReadonlyMap<string, UnaryProtocol> = new Map([
  ['application/grpc', 'grpc'],
  ['application/grpc+proto', 'grpc'],
  ['application/grpc-web', 'grpc-web'],
  ['application/grpc-web+proto', 'grpc-web'],
  ['application/proto', 'connect'],
]);

/** At most eight digits and a unit (gRPC over HTTP/2, `Timeout`). */
const GRPC_TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
/** connectrpc.com/docs/protocol, `Timeout-Milliseconds`. */
const CONNECT_TIMEOUT = /^\d{1,10}$/;

/**
 * What a request's head says of a call.
 *
 * @returns Undefined if anything about it is other than usual: connect-es says then what it is, and what is wrong with it.
 * @throws FlotillaError if its message is packed in a way that is not taken here.
 */
export function directCallOf(request: Pick<InboundRequest, 'header'>): UnaryCallExchange | undefined {
  const protocol = PROTOCOLS.get(typeInUtf8(request.header('content-type')) ?? '');
  if (protocol === undefined) return undefined;
  const isConnect = protocol === 'connect';
  const coding = messageCodingOf(request, protocol);
  const timeout = request.header(isConnect ? 'connect-timeout-ms' : 'grpc-timeout');
  if (timeout === undefined) return { protocol, coding, timeoutMs: undefined };
  const timeoutMs = isConnect ? connectTimeoutMs(timeout) : grpcTimeoutMs(timeout);
  return timeoutMs === undefined ? undefined : { protocol, coding, timeoutMs };
}

function connectTimeoutMs(value: string): number | undefined {
  return CONNECT_TIMEOUT.test(value) ? Number(value) : undefined;
}

function grpcTimeoutMs(value: string): number | undefined {
  const [, amount, unit = ''] = GRPC_TIMEOUT.exec(value) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNIT_MS[unit] as number);
}
