import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createContextKey, createContextValues, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import type { ProblemCode } from '@flotilla/contracts';
import type { FleetAddresses } from '../../src/addresses.js';
import { Target } from '../../src/target.js';
import { answerRest } from './fake-rest.js';
import { type Connection, rpcRoutes } from './fake-rpc.js';

/** What a fake fleet does to one request instead of answering it. */
export type Fault =
  /** Cuts the connection before it answers. */
  | 'reset'
  /** Cuts the connection in the middle of its answer. */
  | 'reset-in-answer'
  /** Never answers. */
  | 'hang'
  | { readonly code: ProblemCode; readonly retryAfter?: string }
  /** Answers that there is one word more than there is. */
  | 'miscount'
  /** Answers consistently, but about a text without its first word. */
  | 'lose-a-word';

/** A text to count, as it came. */
export interface Seen {
  /** `rest`, `grpc` or `connect`. */
  readonly way: string;
  readonly text: string;
  readonly requestId: string | undefined;
  readonly headerId: string | string[] | undefined;
  /** Of the whole body; of the text alone, where it came in messages. */
  readonly bodyBytes: number;
  /** Length of the text in each message of a stream. */
  readonly pieces: readonly number[];
}

/** Of HTTP/1.1 or HTTP/2. */
type NodeServerRequest = IncomingMessage | Http2ServerRequest;
type NodeServerResponse = ServerResponse | Http2ServerResponse;

/** What a test and the fake servers share. */
export interface Game {
  /** What befalls the next texts, in their order. */
  readonly faults: Fault[];
  readonly seen: Seen[];
  /** Streams are read on when it resolves. */
  held: Promise<void> | undefined;
  /** Streams are refused at their first message. */
  refusesEarly: boolean;
}

const nodeRequest = createContextKey<NodeServerRequest | undefined>(undefined);
/** What a client of HTTP/2 says first (RFC 9113, section 3.4) begins like no request of HTTP/1.1. */
const HTTP2_PREFACE = 'PRI';

/** A fleet in one small server, which counts in the most obvious way: over REST, gRPC and Connect at one port. */
export class FakeFleet implements AsyncDisposable, Game {
  readonly faults: Fault[] = [];
  readonly seen: Seen[] = [];
  held: Promise<void> | undefined;
  refusesEarly = false;
  readonly origin: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #responses = new WeakMap<NodeServerRequest, NodeServerResponse>();

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<FakeFleet> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fleet = new FakeFleet(server);
    fleet.#serve();
    return fleet;
  }

  get addresses(): FleetAddresses {
    return addressesOf(this.origin);
  }

  #serve(): void {
    const adapter = connectNodeAdapter({
      routes: rpcRoutes(this, (context) => this.#connectionOf(context)),
      contextValues: (request) => createContextValues().set(nodeRequest, request),
      // A client that cancels in the middle of its body is expected here.
      fallback: (request, response) =>
        answerRest(this, request as IncomingMessage, response as ServerResponse).catch(() => response.destroy()),
    });
    const listener = (request: NodeServerRequest, response: NodeServerResponse) => {
      this.#responses.set(request, response);
      adapter(request, response);
    };
    const http = createHttpServer(listener);
    const http2 = createHttp2Server(listener);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        const isHttp2 = bytes.subarray(0, HTTP2_PREFACE.length).toString() === HTTP2_PREFACE;
        socket.pause().unshift(bytes);
        (isHttp2 ? http2 : http).emit('connection', socket);
        if (!isHttp2) socket.resume();
      });
    });
  }

  #connectionOf({ values }: HandlerContext): Connection {
    const request = values.get(nodeRequest) as NodeServerRequest;
    const { remotePort } = request.socket;
    const cut = () => {
      for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.destroy();
    };
    const cutInAnswer = () => {
      const response = this.#responses.get(request) as ServerResponse;
      const write = response.write.bind(response);
      response.write = (bytes: Uint8Array) => write(bytes.subarray(0, bytes.length / 2), cut);
      response.end = () => response;
    };
    return { cut, cutInAnswer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A fleet that stands at several addresses. */
export function addressesOf(...origins: readonly string[]): FleetAddresses {
  const at = (route: string) => new Target(origins.map((origin) => origin + route));
  return { process: at('/process'), report: at('/report'), balancers: [] };
}
