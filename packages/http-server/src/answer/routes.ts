import type { Config, Lifecycle } from '@flotilla/process';
import type { AccessLogSinks, RequestContext } from '../access-log/request-context.js';
import type { InboundRequest, OutboundResponse } from '../message/exchange.js';
import type { PathParameters } from '../message/route-path.js';
import type { RpcProtocol } from '../message/rpc-protocol.js';

/** One request to a route, and its response. */
export interface HttpExchange {
  readonly request: InboundRequest;
  readonly response: OutboundResponse;
  readonly context: RequestContext;
  /** What stands in the path in place of the route's parameters, decoded: of `/polls/{id}` the `id`. Not told of calls. */
  readonly parameters?: PathParameters | undefined;
  /** Of a remote procedure call: its protocol. */
  readonly rpc?: RpcProtocol | undefined;
  /** Told what a handler passes on to the next process, if a caller asks for it. The bytes do not change afterwards. */
  readonly onHandedOn?: ((bytes: Uint8Array) => void) | undefined;
  /** Logs an unexpected error of a request that is answered without {@link answer}. */
  note?(error: unknown): void;
}

/** Answers a request. What it throws becomes a problem, if no answer has started. */
export type Handler = (exchange: HttpExchange) => Promise<void>;

/** A method of HTTP at a path, and what answers it. */
export interface Route {
  /** A route of `GET` answers `HEAD` too, with the head that the same `GET` would get, unless `HEAD` has one of its own. */
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Literal (`/total`) or with parameters that are a whole segment each (`/polls/{id}/close`). */
  readonly path: string;
  readonly handler: Handler;
}

/** The remote procedure calls that a process takes. */
export interface RpcRoutes {
  /** Of those that are known: they are answered over HTTP/1.1 too, and named in logs and metrics. */
  readonly paths: readonly string[];
  readonly handler: Handler;
}

/** The routes that a process is there for. */
export interface Routes {
  readonly http: readonly Route[];
  /** None: every call of gRPC is answered UNIMPLEMENTED. */
  readonly rpc?: RpcRoutes | undefined;
}

/** What routes need of their app. */
export interface RouteOptions extends AccessLogSinks {
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
