import { Pool } from 'undici';

/** An answer, whatever its status. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Where a caller calls, and with how many connections. */
export interface CallerOptions {
  /** The stage's balancers. A request that cannot be had from one is made to the next. */
  readonly urls: readonly string[];
  readonly path: string;
  /** To each of them. */
  readonly connections: number;
  /** Time for one answer. */
  readonly timeoutMs: number;
}

/** Makes requests as a client does that knows all balancers of a stage: in turn, and the next when one is gone. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #pools: readonly Pool[];
  #turn = 0;

  constructor(options: CallerOptions) {
    this.#options = options;
    const { urls, connections, timeoutMs } = options;
    const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
    this.#pools = urls.map((url) => new Pool(url, { connections, pipelining: 1, ...timeouts }));
  }

  /** @throws Error of the connection to the last balancer, when none of them gave an answer. */
  async post(body: Buffer, requestId: string): Promise<Reply> {
    const first = this.#turn++;
    let failure: unknown;
    for (let n = 0; n < this.#pools.length; n++) {
      try {
        return await this.#postTo(this.#pools[(first + n) % this.#pools.length] as Pool, body, requestId);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Ends all connections, and the requests on them. */
  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }

  async #postTo(pool: Pool, body: Buffer, requestId: string): Promise<Reply> {
    const headers = { 'content-type': 'application/json', 'x-request-id': requestId };
    const response = await pool.request({ method: 'POST', path: this.#options.path, headers, body });
    return { status: response.statusCode, text: await response.body.text() };
  }
}
