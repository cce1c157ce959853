import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a slow client is slow at. */
type Kind = 'headers' | 'small body' | 'large body';
const KINDS: readonly Kind[] = ['headers', 'small body', 'large body'];

const HEAD = 'POST /process HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
/** What a large body has sent before it slows down: more than is waited for before an instance is chosen. */
const QUICK_BYTES = 70_000;
const ANNOUNCED_BYTES = 1_000_000;
/** How often it is looked whose turn it is to leave. */
const TURN_MS = 5;

/** Where they call, and how slow they are. */
export interface SlowClientsOptions {
  readonly port: number;
  readonly count: number;
  /** They come one after the other, all of them in so long, and leave in the same way. */
  readonly arriveMs: number;
  /** A client sends a byte, and waits so long. */
  readonly intervalMs: number;
}

/**
 * Clients that drip: a third of them their headers, a third a body from its beginning, a third the rest of a body. One
 * whose connection is closed opens another.
 */
export class SlowClients {
  readonly #options: SlowClientsOptions;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;
  #opened = 0;

  /** Lets them come. */
  constructor(options: SlowClientsOptions) {
    this.#options = options;
    const { count, arriveMs } = options;
    for (let n = 0; n < count; n++)
      this.#after((n / count) * arriveMs, () => this.#open(KINDS[n % KINDS.length] as Kind));
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Connections ever opened. */
  get opened(): number {
    return this.#opened;
  }

  /** They leave in the middle of what they were at, one after the other. Settles when all have left. */
  async leave(): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const sockets = [...this.#sockets];
    const startMs = performance.now();
    while (sockets.length > 0) {
      const goneShare = (performance.now() - startMs) / this.#options.arriveMs;
      const stay = Math.floor(this.#options.count * (1 - goneShare));
      for (const socket of sockets.splice(Math.max(0, stay))) socket.destroy();
      await sleep(TURN_MS);
    }
  }

  #open(kind: Kind): void {
    const socket = connect({ host: '127.0.0.1', port: this.#options.port });
    this.#opened++;
    this.#sockets.add(socket);
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#after(this.#options.intervalMs, () => this.#open(kind));
    });
    socket.write(beginning(kind));
    this.#drip(socket, kind === 'headers' ? 'x-a: b\r\n' : 'a ', 0);
  }

  #drip(socket: Socket, endless: string, offset: number): void {
    this.#after(this.#options.intervalMs, () => {
      if (socket.destroyed) return;
      socket.write(endless[offset % endless.length] as string);
      this.#drip(socket, endless, offset + 1);
    });
  }

  #after(delayMs: number, then: () => void): void {
    if (this.#isOver) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function beginning(kind: Kind): string {
  if (kind === 'headers') return HEAD;
  const text = kind === 'large body' ? 'word '.repeat(QUICK_BYTES / 5) : '';
  return `${HEAD}content-length: ${ANNOUNCED_BYTES}\r\n\r\n{"text":"${text}`;
}
