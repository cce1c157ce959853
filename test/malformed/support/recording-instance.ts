import type net from 'node:net';
import { readStrictly, type StrictRequest } from './strict-request.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

/** What reached an instance, as the strict reader takes it. */
export interface Seen {
  /** The requests that were whole, in the order in which they ended. */
  readonly requests: StrictRequest[];
  /** What was sent that no strict reader takes. */
  readonly violations: string[];
  /** How many requests began and never ended. */
  unfinished: number;
}

/** An instance that answers each whole request, and notes down all that it is sent. */
export class Recorder {
  #seen = nothingSeen();

  /** Takes a connection to the instance. */
  readonly handle = (socket: net.Socket): void => {
    let pending = '';
    socket.on('data', (chunk) => {
      pending = this.#read(socket, pending + chunk.toString('latin1'));
    });
    socket.on('close', () => {
      if (pending !== '') this.#seen.unfinished++;
    });
  };

  /** What was seen since it was last asked. */
  take(): Seen {
    const seen = this.#seen;
    this.#seen = nothingSeen();
    return seen;
  }

  /** Takes out the request that was seen last. */
  takeLast(): StrictRequest | undefined {
    return this.#seen.requests.pop();
  }

  #read(socket: net.Socket, bytes: string): string {
    let left = bytes;
    try {
      for (;;) {
        const reading = readStrictly(left);
        if (reading === 'incomplete') return left;
        left = reading.rest;
        this.#seen.requests.push(reading.request);
        socket.write(ANSWER);
      }
    } catch (error) {
      this.#seen.violations.push(`${(error as Error).message} in ${JSON.stringify(left.slice(0, 300))}`);
      socket.destroy();
      return '';
    }
  }
}

function nothingSeen(): Seen {
  return { requests: [], violations: [], unfinished: 0 };
}
