import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import {
  ClientConnection,
  type ConnectionLimits,
  type InboundStream,
  PREFACE,
  ServerConnection,
  type ServerLimits,
} from '../src/index.js';
import { CLIENT_LIMITS, SERVER_LIMITS } from './limits.js';
import { Watcher } from './observers.js';

/** No wait here takes as long on a machine that is free. */
const DEADLINE_MS = 20_000;

/** Waits until something holds. */
export async function waitFor(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: DEADLINE_MS, interval: 2 }).toBe(true);
}

/** A server of ours, and what has happened on it. */
export interface Served {
  readonly port: number;
  readonly connections: ServerConnection[];
  readonly sockets: Socket[];
  readonly requests: { readonly request: InboundStream; readonly watcher: Watcher }[];
  closed: number;
}

/** @param answer - What is done with a request; its body waits until the stream is resumed. */
export async function serve(
  answer: (request: InboundStream, watcher: Watcher) => void,
  limits: Partial<ServerLimits> = {},
): Promise<Served> {
  const server = net.createServer({ noDelay: true });
  const served: Served = { port: 0, connections: [], sockets: [], requests: [], closed: 0 };
  const begin = (request: InboundStream) => {
    const watcher = new Watcher();
    watcher.stream = request.stream;
    request.stream.observer = watcher;
    served.requests.push({ request, watcher });
    answer(request, watcher);
  };
  server.on('connection', (socket) => {
    served.sockets.push(socket);
    let first = Buffer.alloc(0);
    const take = (chunk: Buffer) => {
      first = Buffer.concat([first, chunk]);
      if (first.length < PREFACE.length) return;
      socket.off('data', take);
      const owner = { onRequest: begin, onClosed: () => served.closed++, onFault };
      served.connections.push(new ServerConnection(socket, first, { ...SERVER_LIMITS, ...limits }, owner));
    };
    socket.on('data', take);
  });
  await listening(server);
  onTestFinished(() => {
    for (const socket of served.sockets) socket.destroy();
    server.close();
  });
  return Object.assign(served, { port: (server.address() as AddressInfo).port });
}

export async function listening(server: net.Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

/** A client of ours, and what has happened to it. */
export class Client {
  readonly socket: Socket;
  readonly connection: ClientConnection;
  isLeaving = false;
  closed = 0;

  private constructor(socket: Socket, limits: Partial<ConnectionLimits>) {
    this.socket = socket;
    this.connection = new ClientConnection(
      socket,
      { ...CLIENT_LIMITS, ...limits },
      {
        onLeaving: () => {
          this.isLeaving = true;
        },
        onClosed: () => this.closed++,
        onFault,
      },
    );
    socket.on('data', (chunk: Buffer) => this.connection.read(chunk));
  }

  static async to(port: number, limits: Partial<ConnectionLimits> = {}): Promise<Client> {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new Client(socket, limits);
    onTestFinished(() => {
      socket.destroy();
    });
    await waitFor(() => !socket.connecting);
    return client;
  }

  /** Starts a request. Its body, if there is one, is up to the caller. */
  request(method: 'GET' | 'POST', watcher = new Watcher(), more: readonly string[] = []): Watcher {
    const fields = [':method', method, ':scheme', 'http', ':path', '/', ':authority', 'here', ...more];
    watcher.stream = this.connection.request(fields, method === 'GET', watcher);
    return watcher;
  }
}

/** Writes a body of many pieces, and waits where it is told to. @returns What ends the stream. */
export function writeAll(watcher: Watcher, pieces: readonly Buffer[], trailers: readonly string[] = []): void {
  const { stream } = watcher;
  let next = 0;
  const goOn = () => {
    while (next < pieces.length) if (!stream?.write(pieces[next++] as Buffer)) return;
    stream?.end(undefined, trailers);
  };
  watcher.does.writable = goOn;
  goOn();
}

function onFault(error: unknown): void {
  throw error;
}
