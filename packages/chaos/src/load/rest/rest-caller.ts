import { stageNumbered } from '@flotilla/topology';
import { Pool } from 'undici';
import { type Caller, type CallerOptions, InTurn } from '../caller.js';
import { type KnownText, wrongIn } from '../known-text.js';

/** An answer, whatever its status. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Posts texts to the first stage. */
export class RestCaller implements Caller {
  readonly #pools: readonly Pool[];
  readonly #balancers: InTurn<Pool>;

  constructor({ urlsOf, parallel, timeoutMs }: CallerOptions) {
    const options = { connections: parallel, pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
    this.#pools = urlsOf(1).map((url) => new Pool(url, options));
    this.#balancers = new InTurn(this.#pools);
  }

  async request(text: KnownText, requestId: string): Promise<string | undefined> {
    return judged(await this.#balancers.take((pool) => post(pool, text.body, requestId)), text, requestId);
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }
}

async function post(pool: Pool, body: Buffer, requestId: string): Promise<Reply> {
  const headers = { 'content-type': 'application/json', 'x-request-id': requestId };
  const response = await pool.request({ method: 'POST', path: stageNumbered(1).route, headers, body });
  return { status: response.statusCode, text: await response.body.text() };
}

/**
 * Holds an answer against what is right.
 *
 * @returns what is wrong with it; undefined: nothing.
 * @throws Error when its status is not 200.
 */
export function judged({ status, text: answer }: Reply, { expected }: KnownText, requestId: string) {
  if (status !== 200) throw new Error(`${status} ${answer}`);
  const wrong = wrongIn(answer, expected, requestId);
  return wrong && `${wrong}: ${answer}`;
}
