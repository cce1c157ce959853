import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { callBack } from '../message/boundary.js';
import { FastPathConnection, type FastPathServer } from './fast-path-connection.js';
import type { FastPathExchange } from './fast-path-exchange.js';
import type { PlainRequests } from './fast-path-request-head.js';

/** What becomes of connections and their plain requests. */
export interface FastPathOptions {
  readonly plain: PlainRequests;
  readonly keepAliveMs: number;
  readonly headersTimeoutMs: number;
  /** Takes a connection that speaks HTTP/2. @param first - What has come. */
  acceptHttp2(socket: Socket, first: Buffer): void;
  /** Whether the process is about to end: connections are closed after their answers. */
  isDraining(): boolean;
  readonly logger: Logger;
  answer(exchange: FastPathExchange): void;
}

/** How often connections are looked at that wait. */
const CHECK_INTERVAL_MS = 250;
const HANDED_OVER_PER_TURN = 8;

const directSockets = new WeakSet<Socket>();

/** Whether a connection is one that Node's server knows nothing of. */
export function isOnFastPath(socket: Socket): boolean {
  return directSockets.has(socket);
}

/** A server's connections, until something is asked on them that is not plain. */
export class FastPath implements FastPathServer {
  readonly plain: PlainRequests;
  readonly lineStarts: readonly string[];
  readonly keepAliveMs: number;
  readonly headersTimeoutMs: number;
  readonly #options: FastPathOptions;
  readonly #server: Server;
  readonly #connections = new Set<FastPathConnection>();
  readonly #nodesWay: (socket: Socket) => void;
  readonly #timer: NodeJS.Timeout;
  isClosed = false;
  #isChecking = false;

  /** Takes over the server's new connections. */
  constructor(server: Server, options: FastPathOptions) {
    this.plain = options.plain;
    this.lineStarts = [...options.plain.routes.keys()].map((path) => `POST ${path}`);
    this.keepAliveMs = options.keepAliveMs;
    this.headersTimeoutMs = options.headersTimeoutMs;
    this.#options = options;
    this.#server = server;
    const [nodesWay] = server.listeners('connection') as ((socket: Socket) => void)[];
    if (!nodesWay) throw new Error('the server does not listen to its connections');
    this.#nodesWay = nodesWay;
    server.off('connection', nodesWay);
    server.on('connection', (socket) => this.#accept(socket));
    this.#timer = setInterval(() => void this.#checkAll(), CHECK_INTERVAL_MS).unref();
    server.once('close', () => clearInterval(this.#timer));
  }

  get logger(): Logger {
    return this.#options.logger;
  }

  get isClosing(): boolean {
    return this.isClosed || this.#options.isDraining();
  }

  answer(exchange: FastPathExchange): void {
    callBack(exchange, this.#options.answer, exchange);
  }

  detach(connection: FastPathConnection): void {
    this.forget(connection);
    const { socket, rest } = connection;
    connection.release();
    socket.pause();
    if (rest) socket.unshift(rest);
    // Once Node's parser reads from the socket itself, only resuming brings up what was put back.
    this.#nodesWay.call(this.#server, socket);
    socket.resume();
  }

  /** It stays one that Node's server of HTTP/1.1 knows nothing of. */
  handOverToHttp2(connection: FastPathConnection): void {
    const { socket, rest } = connection;
    this.#connections.delete(connection);
    connection.release();
    if (rest) this.#options.acceptHttp2(socket, rest);
  }

  forget(connection: FastPathConnection): void {
    this.#connections.delete(connection);
    directSockets.delete(connection.socket);
  }

  /** Closes connections: those that are idle now, the others after their answers. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.#connections) connection.closeIfIdle();
  }

  /** To hand one over takes 0.1 ms: hundreds that became due together would hold up everybody else. */
  async #checkAll(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    let handedOver = 0;
    for (const connection of this.#connections) {
      callBack(connection, connection.check, performance.now());
      if (this.#connections.has(connection)) continue;
      handedOver++;
      if (handedOver % HANDED_OVER_PER_TURN === 0) await nextTurn();
    }
    this.#isChecking = false;
  }

  #accept(socket: Socket): void {
    directSockets.add(socket);
    this.#connections.add(new FastPathConnection(socket, this));
  }
}
