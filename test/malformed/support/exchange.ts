import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Answer, readAnswers } from './answers.ts';

/** How a case's bytes are cut on their way. */
export type Delivery = (bytes: Buffer) => Iterable<Buffer>;

export const whole: Delivery = (bytes) => [bytes];
export const byteByByte: Delivery = (bytes) => Array.from(bytes, (byte) => Buffer.of(byte));

/** Cuts at these places, which need be neither in order nor all different. */
export function cutAt(places: readonly number[]): Delivery {
  return (bytes) => {
    const borders = [0, ...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
    return borders.slice(1).map((end, n) => bytes.subarray(borders[n], end));
  };
}

/** What a client sends, and how. */
export interface Sending {
  readonly bytes: string;
  readonly delivery: Delivery;
  /** Whether the client ends its side when all is sent. */
  readonly halfCloses: boolean;
  /**
   * How many answers come before the client asks for one more, which shows that both sides agree on where a request
   * begins. Undefined: it asks for nothing more, and waits until the other side closes.
   */
  readonly asksAfter: number | undefined;
  /** Whether the answer of this number is one to HEAD. */
  readonly isBodiless: (n: number) => boolean;
}

/** What came back on a connection until the other side closed it. */
export interface Heard {
  readonly answers: readonly Answer[];
  /** What came that is no whole answer. */
  readonly rest: string;
}

const ONE_MORE = 'GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
const DEADLINE_MS = 5000;

/** Sends bytes over a connection of its own, and gives back what was heard. */
export async function exchange(port: number, sending: Sending): Promise<Heard> {
  const { bytes, delivery, halfCloses, asksAfter, isBodiless } = sending;
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  let received = '';
  let isSent = false;
  let hasAsked = false;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // What is sent to a side that has closed meets a reset; what was heard before stays heard.
  socket.on('error', () => socket.destroy()).on('end', () => socket.destroy());
  const ask = () => {
    if (!isSent || hasAsked || asksAfter === undefined) return;
    if (readAnswers(received, isBodiless).answers.length < asksAfter) return;
    hasAsked = true;
    socket.write(ONE_MORE);
  };
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    ask();
  });
  socket.setTimeout(DEADLINE_MS, () => {
    received += ' and then nothing more';
    socket.destroy();
  });
  for (const chunk of delivery(Buffer.from(bytes, 'latin1'))) {
    if (socket.destroyed) break;
    socket.write(chunk);
    await nextTurn();
  }
  isSent = true;
  if (halfCloses) socket.end();
  else ask();
  await closed;
  return readAnswers(received, isBodiless);
}
