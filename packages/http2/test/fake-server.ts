import { frameFlag, frameType } from '../src/frames/protocol.js';
import { ClientConnection, PREFACE } from '../src/index.js';
import { FakeSocket } from './fake-socket.js';
import { type Frame, frame, GET, literals, POST } from './frames.js';
import { CLIENT_LIMITS } from './limits.js';
import { Watcher } from './observers.js';

/** A client's connection without a network, whose server sends what a test says. */
export class FakeServer {
  readonly socket = new FakeSocket(PREFACE.length);
  readonly connection: ClientConnection;
  closed = 0;

  /** @param settings - Entries of the server's first frame. */
  constructor(settings: Buffer = Buffer.alloc(0)) {
    this.connection = new ClientConnection(this.socket.asSocket, CLIENT_LIMITS, {
      onLeaving: () => {},
      onClosed: () => this.closed++,
      onFault: (error) => {
        throw error;
      },
    });
    this.socket.on('data', (bytes: Buffer) => this.connection.read(bytes));
    this.send(frame(frameType.settings, 0, 0, settings));
  }

  request(isWhole = true, watcher: Watcher = new Watcher()): Watcher {
    watcher.stream = this.connection.request(isWhole ? GET : POST, isWhole, watcher);
    return watcher;
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.arrive(...frames);
  }

  /** Fields on a stream. */
  fields(stream: number, fields: readonly string[], isEnd = false): void {
    const flags = frameFlag.endHeaders | (isEnd ? frameFlag.endStream : 0);
    this.send(frame(frameType.headers, flags, stream, literals(...fields)));
  }

  /** All frames that the client has sent by now. */
  sent(): Promise<Frame[]> {
    return this.socket.turn();
  }

  /** Why the client has closed the connection, of `errorCode`; undefined if it has sent no GOAWAY. */
  async goAway(): Promise<number | undefined> {
    await this.sent();
    return this.socket.sent.of(frameType.goAway)[0]?.payload.readUInt32BE(4);
  }
}
