import { firstCheckMs, nextCheckMs } from '../core/active-health.js';
import type { ConnectionPool } from '../http1/connection-pool.js';
import { Exchange, type WireObserver, type WireRequest } from '../http1/exchange.js';
import type { ResponseHead } from '../http1/response-head.js';

/** When an instance is asked how it is. */
export interface CheckTimes {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/**
 * How an instance answered a check: `good`; `bad`, with a status that says that it should not be used; or `silent`, not
 * in time or not at all, which also says something of the requests that it has.
 */
export type CheckResult = 'good' | 'bad' | 'silent';

/** After a check that was not good the next one comes soon, in ms: it decides. HAProxy calls it `fastinter`. */
const RECHECK_MS = 100;

/** Asks one instance again and again whether it is ready. */
export class HealthChecker {
  readonly #pool: ConnectionPool;
  readonly #times: CheckTimes;
  readonly #onResult: (result: CheckResult) => void;
  readonly #request: WireRequest;
  #timer: NodeJS.Timeout | undefined;
  #wasGood = true;
  #wasEverGood = false;
  #isStopped = false;

  /**
   * @param pool - Connections for checks alone: behind a request they would wait.
   * @param host - The `Host` of the checks.
   */
  constructor(pool: ConnectionPool, host: string, times: CheckTimes, onResult: (result: CheckResult) => void) {
    this.#pool = pool;
    this.#times = times;
    this.#onResult = onResult;
    this.#request = readinessRequest(host);
    this.#schedule(firstCheckMs(0, times.intervalMs, Math.random()));
  }

  /** Checks no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#pool.close();
  }

  #schedule(delayMs: number): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#check(), delayMs).unref();
  }

  #check(): void {
    const check = new Check((result) => {
      clearTimeout(timer);
      if (this.#isStopped) return;
      const isNews = result !== 'good' && this.#wasGood;
      this.#wasGood = result === 'good';
      this.#wasEverGood ||= this.#wasGood;
      this.#onResult(result);
      const { intervalMs } = this.#times;
      const usualMs = nextCheckMs(0, intervalMs, Math.random(), this.#wasEverGood);
      this.#schedule(isNews ? Math.min(RECHECK_MS, intervalMs) : usualMs);
    });
    const exchange = new Exchange(this.#request, check);
    const timer = setTimeout(() => exchange.abort(new Error('no answer in time')), this.#times.timeoutMs).unref();
    this.#pool.send(exchange);
  }
}

/** One check. */
class Check implements WireObserver {
  readonly #onResult: (result: CheckResult) => void;
  #status = 0;

  constructor(onResult: (result: CheckResult) => void) {
    this.#onResult = onResult;
  }

  onHead({ status }: ResponseHead): void {
    this.#status = status;
  }

  onData(): void {}

  onEnd(): void {
    this.#onResult(this.#status >= 200 && this.#status < 300 ? 'good' : 'bad');
  }

  onError(): void {
    this.#onResult('silent');
  }

  /** A check belongs to no request. */
  onFault(error: unknown): void {
    throw error;
  }
}

function readinessRequest(host: string): WireRequest {
  const headers = ['host', host];
  return {
    method: 'GET',
    protocol: 'http/1.1',
    rpc: undefined,
    path: '/health/ready',
    headers: () => headers,
    prepare: () => {},
    body: () => null,
    contentLength: undefined,
    trailers: () => [],
    isRetryable: () => true,
  };
}
