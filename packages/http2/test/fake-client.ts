import { frameFlag, frameType } from '../src/frames/protocol.js';
import { type InboundStream, PREFACE, ServerConnection, type ServerLimits, type Stream } from '../src/index.js';
import { FakeSocket } from './fake-socket.js';
import { type Frame, frame, literals, POST, uint32 } from './frames.js';
import { SERVER_LIMITS } from './limits.js';
import { Watcher } from './observers.js';

/** A server's connection without a network, whose client sends what a test says. */
export class FakeClient {
  readonly socket = new FakeSocket();
  readonly connection: ServerConnection;
  /** Those that the server has taken, and who watches them. */
  readonly streams = new Map<number, Stream>();
  readonly watchers = new Map<number, Watcher>();
  readonly requests: InboundStream[] = [];
  closed = 0;
  #next = 1;

  /** @param settings - Entries of the client's first frame. @param onRequest - What the server does with a request. */
  constructor(
    settings: Buffer = Buffer.alloc(0),
    limits: Partial<ServerLimits> = {},
    onRequest: (request: InboundStream, watcher: Watcher) => void = () => {},
  ) {
    const first = Buffer.concat([PREFACE, frame(frameType.settings, 0, 0, settings)]);
    this.connection = new ServerConnection(
      this.socket.asSocket,
      first,
      { ...SERVER_LIMITS, ...limits },
      {
        onRequest: (request) => {
          const { stream } = request;
          const watcher = new Watcher();
          watcher.stream = stream;
          stream.observer = watcher;
          this.streams.set(stream.id, stream);
          this.watchers.set(stream.id, watcher);
          this.requests.push(request);
          onRequest(request, watcher);
        },
        onClosed: () => this.closed++,
        onFault: (error) => {
          throw error;
        },
      },
    );
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.arrive(...frames);
  }

  /** Begins a stream. @param fields - In HPACK. @returns Its number. */
  request(flags: number = frameFlag.endHeaders | frameFlag.endStream, fields: Buffer = literals(...POST)): number {
    const id = this.#next;
    this.#next += 2;
    this.send(frame(frameType.headers, flags, id, fields));
    return id;
  }

  open(stream: number, bytes: number): void {
    this.send(frame(frameType.windowUpdate, 0, stream, uint32(bytes)));
  }

  reset(stream: number, code: number): void {
    this.send(frame(frameType.reset, 0, stream, uint32(code)));
  }

  /** @returns With which code the server has reset each stream by the end of this turn. */
  async resets(): Promise<Record<number, number>> {
    await this.sent();
    return Object.fromEntries(
      this.socket.sent.of(frameType.reset).map((each) => [each.stream, each.payload.readUInt32BE()]),
    );
  }

  /** All frames that the server has sent by the end of this turn. */
  sent(): Promise<Frame[]> {
    return this.socket.turn();
  }

  /** Why the server has closed the connection, of `errorCode`; undefined if it has sent no GOAWAY. */
  async goAway(): Promise<number | undefined> {
    await this.sent();
    return this.socket.sent.of(frameType.goAway)[0]?.payload.readUInt32BE(4);
  }
}
