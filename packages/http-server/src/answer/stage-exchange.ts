import type { Config, Lifecycle } from '@flotilla/process';
import type { AccessLogSinks, RequestContext } from '../access-log/request-context.js';
import type { InboundRequest, OutboundResponse } from '../message/exchange.js';
import type { RpcProtocol } from '../message/rpc-protocol.js';

/** One request to a route that a process is there for. */
export interface StageExchange {
  readonly request: InboundRequest;
  readonly response: OutboundResponse;
  readonly context: RequestContext;
  /** Of a remote procedure call: its protocol. */
  readonly rpc?: RpcProtocol | undefined;
  /** Told what a stage hands on to the next one, where a caller wants to know. The bytes do not change afterwards. */
  readonly onHandedOn?: ((bytes: Uint8Array) => void) | undefined;
  /** Logs an unexpected error, where it is answered without {@link answer}. */
  note?(error: unknown): void;
}

/** Answers a request. What it throws becomes a problem, if no answer has started. */
export type StageHandler = (exchange: StageExchange) => Promise<void>;

/** The remote procedure calls that a process takes. */
export interface RpcRoutes {
  /** Of those that are known: they are answered over HTTP/1.1 too, and named in logs and metrics. */
  readonly paths: readonly string[];
  readonly handler: StageHandler;
}

/** The routes that a process is there for. */
export interface StageRoutes {
  /** That of REST: `/process`. */
  readonly path: string;
  readonly handler: StageHandler;
  readonly rpc: RpcRoutes;
}

/** What a stage's routes need of their app. */
export interface StageRouteOptions extends AccessLogSinks {
  readonly config: Config<
    | 'maxHeaders'
    | 'maxHeaderBytes'
    | 'keepAliveMs'
    | 'headersTimeoutMs'
    | 'requestTimeoutMs'
    | 'maxConnectionStreams'
    | 'maxFieldPieces'
    | 'corsOrigins'
  >;
  readonly lifecycle: Lifecycle;
}
