import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { waitFor } from '../fleet/support.js';
import { type Limit, limitProcess } from './scarcity.js';

const MAIN = join(import.meta.dirname, '../../bundle/service4-report/main.cjs');

/** As many requests at a time as a busy caller has. */
const CALLERS = 8;
/** As long as one may be, so that fewer requests make a long log. */
const REQUEST_ID = 'x'.repeat(128);

/** One service of a fleet as a real process, with its output where a test wants it. */
export class OneProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  #requests = 0;

  private constructor(port: number, stdio: StdioOptions) {
    if (!existsSync(MAIN)) throw new Error('bundle/service4-report is not there: run `make compile` first');
    this.#port = port;
    const env = { PATH: process.env.PATH, SERVICE_PORT: String(port), FLOTILLA_DRAIN_DELAY_MS: '0' };
    this.child = spawn(process.execPath, [MAIN], { stdio, env });
    this.exited = once(this.child, 'exit');
  }

  /** Starts it, and does not wait. */
  static async start(stdio: StdioOptions): Promise<OneProcess> {
    return new OneProcess(await freePort(), stdio);
  }

  /** Starts it, and waits until it answers. */
  static async ready(stdio: StdioOptions): Promise<OneProcess> {
    const one = await OneProcess.start(stdio);
    await waitFor(async () => (await one.ask('/health/ready').catch(() => undefined))?.status === 200);
    return one;
  }

  get port(): number {
    return this.#port;
  }

  /** How many requests were made that leave a line in the log. */
  get loggedRequests(): number {
    return this.#requests;
  }

  limit(limit: Limit, value: number | 'unlimited'): void {
    limitProcess(this.child.pid, limit, value);
  }

  /** One request, on a connection that is kept. */
  ask(path: string): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const headers = { 'x-request-id': REQUEST_ID };
      const options = { host: '127.0.0.1', port: this.#port, path, agent: this.#agent, timeout: 10_000, headers };
      const request = get(options, async (response) => {
        const body = (await response.toArray()).join('');
        resolve({ status: response.statusCode, body });
      });
      request.on('timeout', () => request.destroy(new Error('no answer')));
      request.on('error', reject);
    });
  }

  /** Requests that each leave a line in the log. @returns the statuses of their answers. */
  async logLines(count: number): Promise<Set<number | undefined>> {
    const statuses = new Set<number | undefined>();
    let left = count;
    const caller = async () => {
      while (left-- > 0) statuses.add((await this.ask('/nothing-is-here')).status);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    this.#requests += count;
    return statuses;
  }

  /** The value that `/metrics` shows. */
  async droppedLines(): Promise<number> {
    const { body } = await this.ask('/metrics');
    return Number(/^log_lines_dropped_total\{.*\} (\d+)$/m.exec(body)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
