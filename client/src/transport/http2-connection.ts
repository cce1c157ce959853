import http2 from 'node:http2';
import net from 'node:net';
import { connectInTime } from './connect-in-time.js';

const HTTP_PORT = 80;

/**
 * One HTTP/2 connection with prior knowledge, opened when a request needs it and again when it has ended meanwhile.
 *
 * Connect's own Http2SessionManager listens to no errors of a session that it has done with; the next one would end
 * the program. It also watches over connections with pings, which a try that has a deadline can do without.
 */
export class Http2Connection {
  /** The origin. */
  readonly authority: string;
  readonly #options: http2.ClientSessionOptions;
  #session: http2.ClientHttp2Session | undefined;

  constructor(origin: string) {
    this.authority = origin;
    const { protocol, hostname, port } = new URL(origin);
    // With TLS, which no fleet has itself, connecting has the time of a whole try.
    const isPlain = protocol === 'http:';
    this.#options = isPlain ? { createConnection: () => connectTo(hostname, Number(port || HTTP_PORT)) } : {};
  }

  /** Begins a request: Connect's library does the rest. */
  async request(
    method: string,
    path: string,
    headers: http2.OutgoingHttpHeaders,
    options: Omit<http2.ClientSessionRequestOptions, 'signal'>,
  ): Promise<http2.ClientHttp2Stream> {
    const session = await this.#connected();
    return session.request({ ...headers, ':method': method, ':path': path }, options);
  }

  /** Connect's library tells that an answer arrives. */
  notifyResponseByteRead(): void {}

  /** Ends the connection, and what is under way on it. */
  close(): void {
    this.#session?.destroy();
  }

  async #connected(): Promise<http2.ClientHttp2Session> {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = http2.connect(this.authority, this.#options);
    this.#session = session;
    const { promise, resolve, reject } = Promise.withResolvers<http2.ClientHttp2Session>();
    session.once('connect', () => resolve(session));
    // Stays: errors after the connecting are those of the requests too, which tell them.
    session.on('error', reject);
    session.once('close', () => reject(Object.assign(new Error('closed before it was open'), { code: 'ECONNRESET' })));
    return promise;
  }
}

function connectTo(hostname: string, port: number): net.Socket {
  // A URL has an IPv6 address in brackets, a socket without.
  return connectInTime(net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port, noDelay: true }));
}
