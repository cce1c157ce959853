import { FleetError } from '../fleet/fleet-error.js';
import type { FleetState } from '../fleet/state-file.js';
import type { NotReady } from '../fleet/status.js';
import type { ReadyAnswer } from './control-server.js';
import { exchange } from './exchange.js';
import type { SupervisorStatus } from './supervisor-status.js';

/** A supervisor answers its status at once; one that does not, hangs. */
const STATUS_TIMEOUT_MS = 3000;
/** What an answer may take beyond the time that the supervisor was given for its work. */
const SLACK_MS = 5000;

/** Talks to the supervisor behind a unix socket. */
export class ControlClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  status(): Promise<SupervisorStatus> {
    return this.#ask('GET', '/status', STATUS_TIMEOUT_MS);
  }

  /** What the supervisor would have remembered of its fleet. */
  state(): Promise<FleetState> {
    return this.#ask('GET', '/state', STATUS_TIMEOUT_MS);
  }

  /** Waits for the whole fleet. Undefined: it is ready. */
  async awaitReady(timeoutMs: number): Promise<NotReady | undefined> {
    const answer = await this.#ask<ReadyAnswer>('POST', `/ready?timeoutMs=${timeoutMs}`, timeoutMs + SLACK_MS);
    return answer.notReady ?? undefined;
  }

  /** @throws FleetError for an unknown name; it lists the known ones. */
  async stopInstance(name: string, timeoutMs: number): Promise<void> {
    await this.#ask('POST', `/instances/${encodeURIComponent(name)}/stop`, timeoutMs + SLACK_MS);
  }

  /** @throws FleetError for an unknown name; it lists the known ones. */
  async startInstance(name: string, timeoutMs: number): Promise<NotReady | undefined> {
    const path = `/instances/${encodeURIComponent(name)}/start?timeoutMs=${timeoutMs}`;
    const answer = await this.#ask<ReadyAnswer>('POST', path, timeoutMs + SLACK_MS);
    return answer.notReady ?? undefined;
  }

  async #ask<Body>(method: string, path: string, timeoutMs: number): Promise<Body> {
    const { status, body } = await exchange({ socketPath: this.#socketPath }, method, path, timeoutMs);
    const parsed = JSON.parse(body) as Body & { readonly message?: string };
    if (status === 200) return parsed;
    throw new FleetError(parsed.message ?? `the supervisor answered ${status}`);
  }
}
