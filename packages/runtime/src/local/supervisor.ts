import type { ProcessSpec } from '@flotilla/topology';
import { FleetError } from '../fleet-error.js';
import type { FleetShape } from '../fleet-shape.js';
import type { NotReady } from '../status.js';
import { type BackoffPolicy, defaultBackoff } from './backoff.js';
import { Child } from './child.js';
import type { Effects, EndSignal } from './effects.js';
import type { SupervisorStatus } from './supervisor-status.js';

/** What a supervisor is made of. */
export interface SupervisorOptions extends FleetShape {
  readonly portOffset: number;
  /** In the order of their start. */
  readonly processes: readonly ProcessSpec[];
  /** Names that are not started until {@link Supervisor.startInstance}. */
  readonly held: readonly string[];
  readonly backoff?: BackoffPolicy;
  /** Called after every change of any process. */
  readonly onChange?: () => void;
}

/** Lines of a process's log that are shown when it does not become ready. */
const SHOWN_LINES = 15;

/** Runs the processes of one fleet: starts, watches, restarts and stops them. All it does goes through its effects. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #effects: Effects;
  readonly #children: readonly Child[];
  readonly #watchers = new Set<() => void>();
  readonly #startedAt = new Date();
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions, effects: Effects) {
    this.#options = options;
    this.#effects = effects;
    const policy = options.backoff ?? defaultBackoff;
    this.#children = options.processes.map((spec) => new Child(spec, effects, policy, () => this.#changed()));
  }

  /** Names of all processes, in the order of their start. */
  get names(): string[] {
    return this.#children.map((child) => child.spec.name);
  }

  /** Starts all processes but those that are held down, without waiting for one before the next. */
  start(): void {
    for (const child of this.#children) {
      if (!this.#options.held.includes(child.spec.name)) child.start();
    }
  }

  status(): SupervisorStatus {
    const { mode, balancers, portOffset } = this.#options;
    return {
      mode,
      balancers,
      portOffset,
      startedAt: this.#startedAt.toISOString(),
      supervisorPid: process.pid,
      stopping: this.#stopping !== undefined,
      processes: this.#children.map((child) => child.status()),
    };
  }

  /**
   * Waits until processes are ready.
   *
   * @param names - undefined: all but those that are held down.
   * @returns undefined once they are; else the first that ended before, or is still not ready at the deadline.
   */
  async awaitReady(timeoutMs: number, names?: readonly string[]): Promise<NotReady | undefined> {
    const awaited = names ? names.map((name) => this.#child(name)) : this.#children.filter((child) => !isHeld(child));
    const outcome = await this.#until(timeoutMs, () => {
      const dead = awaited.find(hasDied);
      if (dead) return this.#notReady(dead, dead.reason ?? 'it was stopped');
      return awaited.every((child) => child.life.state === 'ready') ? 'ready' : undefined;
    });
    if (outcome === 'ready') return undefined;
    if (outcome) return outcome;
    const late = awaited.find((child) => child.life.state !== 'ready');
    if (!late) return undefined;
    const asked = `GET http://127.0.0.1:${late.spec.port}/health/ready: ${late.lastAnswer}`;
    return this.#notReady(late, `not ready after ${timeoutMs / 1000} s (${asked})`);
  }

  /**
   * Ends one process and holds it down. Settles when it is gone.
   *
   * @throws FleetError when no process has the name; it lists those that exist.
   */
  async stopInstance(name: string): Promise<void> {
    await this.#stopAll([this.#child(name)], 'SIGTERM');
  }

  /**
   * Starts a process that is held down or failed, and waits until it is ready.
   *
   * @returns undefined once it is ready, else why it is not.
   * @throws FleetError when no process has the name, or the fleet is stopping.
   */
  async startInstance(name: string, timeoutMs: number): Promise<NotReady | undefined> {
    const child = this.#child(name);
    if (this.#stopping) throw new FleetError('the fleet is stopping');
    child.start();
    return this.awaitReady(timeoutMs, [name]);
  }

  /**
   * Ends all processes, callers before those whom they call: nobody is left then who would have to turn away from
   * them first. Settles when all are gone; safe to repeat.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopInOrder();
    return this.#stopping;
  }

  async #stopInOrder(): Promise<void> {
    // What already waits for a restart must not come up while others are stopped.
    for (const child of this.#children) if (child.pid === undefined) child.stop('SIGINT');
    for (const group of stopOrder(this.#children)) await this.#stopAll(group, 'SIGINT');
  }

  async #stopAll(children: readonly Child[], signal: EndSignal): Promise<void> {
    const pids = new Map(children.map((child) => [child, child.pid]));
    for (const child of children) child.stop(signal);
    // By pid, not by state: somebody may start an instance again while it is being stopped.
    const isGone = (child: Child) => child.pid === undefined || child.pid !== pids.get(child);
    await this.#until(undefined, () => (children.every(isGone) ? 'gone' : undefined));
  }

  #child(name: string): Child {
    const child = this.#children.find((candidate) => candidate.spec.name === name);
    if (!child) throw new FleetError(`no process is called ${name}; there are ${[...this.names].sort().join(', ')}`);
    return child;
  }

  #notReady(child: Child, reason: string): NotReady {
    return { name: child.spec.name, reason, lastLines: this.#effects.lastLines(child.spec, SHOWN_LINES) };
  }

  #changed(): void {
    this.#options.onChange?.();
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Waits for `check` to give a value. Undefined: it did not before the deadline. */
  #until<Outcome>(timeoutMs: number | undefined, check: () => Outcome | undefined): Promise<Outcome | undefined> {
    return new Promise((resolve) => {
      const cancelDeadline = timeoutMs === undefined ? () => {} : this.#effects.after(timeoutMs, () => settle(check()));
      const watcher = () => {
        const outcome = check();
        if (outcome !== undefined) settle(outcome);
      };
      const settle = (outcome: Outcome | undefined) => {
        cancelDeadline();
        this.#watchers.delete(watcher);
        resolve(outcome);
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }
}

function isHeld(child: Child): boolean {
  return child.life.state === 'stopped';
}

/** It ended since somebody started it, or is about to. */
function hasDied({ life }: Child): boolean {
  if (life.state === 'starting') return life.crashes > 0 && !life.everReady;
  if (life.state === 'stopping') return !life.startAgain;
  return life.state !== 'ready';
}

/** Groups that are stopped one after the other: stage 1 first, and within a stage its balancers before its instances. */
function stopOrder(children: readonly Child[]): Child[][] {
  const groups = new Map<number, Child[]>();
  for (const child of children) {
    const key = child.spec.stage.number * 2 + (child.spec.role === 'balancer' ? 0 : 1);
    groups.set(key, [...(groups.get(key) ?? []), child]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
