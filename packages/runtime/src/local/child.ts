import type { PlacedProcess } from '@flotilla/topology';
import type { ProcessStatus } from '../fleet/status.js';
import type { BackoffPolicy } from './backoff.js';
import type { Effects, EndSignal, Exit, Spawned } from './effects.js';
import { advance, atRest, type Lifecycle, type LifecycleAction, type LifecycleEvent } from './lifecycle.js';

/** A process that is not up answers at once (connection refused), so asking often costs little. */
const READINESS_INTERVAL_MS = 50;

/** Logs are JSON, stacks are indented, and Node signs its last words: what is neither says why a process ended. */
const NO_COMPLAINT = /^(\{|\s|Node\.js v)/;

/** One supervised process: carries out what its {@link Lifecycle} asks for, and feeds it what happens. */
export class Child {
  readonly spec: PlacedProcess;
  readonly #effects: Effects;
  readonly #policy: BackoffPolicy;
  readonly #changed: () => void;
  #life: Lifecycle = atRest;
  #spawned: Spawned | undefined;
  #spawnedAt: Date | undefined;
  #cancelTimer: () => void = () => {};
  #lastAnswer = 'not asked yet';
  #reason: string | null = null;
  #endSignal: EndSignal = 'SIGTERM';

  /** @param changed - called after every change of state. */
  constructor(spec: PlacedProcess, effects: Effects, policy: BackoffPolicy, changed: () => void) {
    this.spec = spec;
    this.#effects = effects;
    this.#policy = policy;
    this.#changed = changed;
  }

  get life(): Lifecycle {
    return this.#life;
  }

  /** Undefined while no process runs. */
  get pid(): number | undefined {
    return this.#spawned?.pid;
  }

  /** What it last answered to whether it is ready. */
  get lastAnswer(): string {
    return this.#lastAnswer;
  }

  /** How it last ended by itself; null: it has not since a command started it. */
  get reason(): string | null {
    return this.#reason;
  }

  start(): void {
    this.#on({ type: 'start' });
  }

  /** Ends the process, and keeps it down until {@link start}. One that is ending already gets no second signal. */
  stop(signal: EndSignal): void {
    this.#endSignal = signal;
    this.#on({ type: 'stop' });
  }

  status(): ProcessStatus {
    return {
      name: this.spec.name,
      role: this.spec.role,
      group: this.spec.group,
      state: this.#life.state,
      pid: this.pid ?? null,
      port: this.spec.port,
      startedAt: this.#spawned ? (this.#spawnedAt?.toISOString() ?? null) : null,
      restarts: this.#life.restarts,
      reason: this.#reason,
      readiness: this.spec.readiness,
    };
  }

  #on(event: LifecycleEvent): void {
    const { next, action } = advance(this.#life, event, this.#policy, this.#effects.now(), this.#effects.random());
    this.#life = next;
    if (event.type === 'start' && action.do === 'spawn') this.#reason = null;
    this.#carryOut(action);
    this.#changed();
  }

  #carryOut(action: LifecycleAction): void {
    switch (action.do) {
      case 'spawn':
        this.#cancelTimer();
        this.#spawn();
        break;
      case 'terminate':
        this.#cancelTimer();
        this.#spawned?.terminate(this.#endSignal);
        break;
      case 'rest':
        this.#cancelTimer();
        break;
      case 'wait':
        this.#cancelTimer = this.#effects.after(action.delayMs, () => this.#on({ type: 'waited' }));
    }
  }

  #spawn(): void {
    const spawned = this.#effects.spawn(this.spec);
    this.#spawned = spawned;
    this.#spawnedAt = new Date();
    this.#lastAnswer = 'not asked yet';
    void spawned.exited.then((exit) => this.#onExit(exit));
    this.#askLater(spawned);
  }

  #askLater(spawned: Spawned): void {
    this.#cancelTimer = this.#effects.after(READINESS_INTERVAL_MS, () => void this.#askReadiness(spawned));
  }

  async #askReadiness(spawned: Spawned): Promise<void> {
    const { ready, answer } = await this.#effects.askReadiness(this.spec);
    // The process may be gone by now, or another one stand in its place.
    if (this.#spawned !== spawned || this.#life.state !== 'starting') return;
    this.#lastAnswer = answer;
    if (ready) this.#on({ type: 'ready' });
    else this.#askLater(spawned);
  }

  #onExit(exit: Exit): void {
    this.#cancelTimer();
    this.#spawned = undefined;
    if (this.#life.state !== 'stopping') this.#reason = this.#describe(exit);
    this.#on({ type: 'exited', code: exit.code });
  }

  #describe(exit: Exit): string {
    if (exit.spawnError) return `could not be started: ${exit.spawnError}`;
    const how = exit.signal ? `ended by ${exit.signal}` : `exited with code ${exit.code}`;
    const lines = this.#effects.lastLines(this.spec, 20);
    const complaint = lines.findLast((line) => !NO_COMPLAINT.test(line)) ?? lines.at(-1);
    return complaint && !exit.signal ? `${how}: ${complaint.slice(0, 300)}` : how;
  }
}
