import { type PlacedProcess, stopOrder } from '@flotilla/topology';
import { FleetError } from '../fleet/fleet-error.js';
import type { FleetShape } from '../fleet/fleet-spec.js';
import type { NotReady, ProcessStatus } from '../fleet/status.js';
import { type BackoffPolicy, defaultBackoff } from './backoff.js';
import { Child } from './child.js';
import type { Effects, EndSignal } from './effects.js';
import type { SupervisorStatus } from './supervisor-status.js';

/** What a supervisor is made of. */
export interface SupervisorOptions extends FleetShape {
  readonly portOffset: number;
  /** Callers before those that they call. */
  readonly processes: readonly PlacedProcess[];
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
  /** Those that start when what they depend on is ready. */
  readonly #waiting = new Set<Child>();
  readonly #watchers = new Set<() => void>();
  readonly #startedAt = new Date();
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions, effects: Effects) {
    this.#options = options;
    this.#effects = effects;
    const policy = options.backoff ?? defaultBackoff;
    this.#children = options.processes.map((spec) => new Child(spec, effects, policy, () => this.#changed()));
  }

  /** Names of all processes. */
  get names(): string[] {
    return this.#children.map((child) => child.spec.name);
  }

  /**
   * Starts all processes but those that are held down, callees first, without waiting for one before the next, unless a
   * process says that it depends on another's being ready.
   */
  start(): void {
    for (const child of this.#inStopOrder().reverse().flat()) {
      if (!this.#options.held.includes(child.spec.name)) this.#waiting.add(child);
    }
    this.#startThoseThatMay();
  }

  status(): SupervisorStatus {
    const { fleet, mode, options, portOffset } = this.#options;
    return {
      fleet,
      mode,
      options,
      portOffset,
      startedAt: this.#startedAt.toISOString(),
      supervisorPid: process.pid,
      stopping: this.#stopping !== undefined,
      processes: this.#children.map((child) => this.#statusOf(child)),
    };
  }

  /**
   * Waits until processes are ready.
   *
   * @param names - undefined: all but those that are held down.
   * @returns undefined once they are; else the first that ended before, or is still not ready at the deadline.
   */
  async awaitReady(timeoutMs: number, names?: readonly string[]): Promise<NotReady | undefined> {
    const isAwaited = (child: Child) => this.#waiting.has(child) || !isHeld(child);
    const awaited = names ? names.map((name) => this.#child(name)) : this.#children.filter(isAwaited);
    const outcome = await this.#waitFor(timeoutMs, () => {
      const dead = awaited.find((child) => !this.#waiting.has(child) && hasDied(child));
      if (dead) return this.#notReady(dead, dead.reason ?? 'it was stopped');
      return awaited.every((child) => child.life.state === 'ready') ? 'ready' : undefined;
    });
    if (outcome === 'ready') return undefined;
    if (outcome) return outcome;
    const notReady = awaited.filter((child) => child.life.state !== 'ready');
    const late = notReady.find((child) => !this.#waiting.has(child)) ?? notReady[0];
    if (!late) return undefined;
    const asked = `${describeReadiness(late.spec.readiness)}: ${late.lastAnswer}`;
    return this.#notReady(late, `not ready after ${timeoutMs / 1000} s (${asked})`);
  }

  /**
   * Ends one process and holds it down. Settles when it is gone.
   *
   * @throws FleetError when no process has the name; it lists those that exist.
   */
  async stopInstance(name: string): Promise<void> {
    const child = this.#child(name);
    this.#waiting.delete(child);
    await this.#stopAll([child], 'SIGTERM');
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
    this.#waiting.delete(child);
    child.start();
    return this.awaitReady(timeoutMs, [name]);
  }

  /**
   * Ends all processes, callers before those whom they call: no caller is left then that would have to turn away from
   * them first. Settles when all are gone; safe to repeat.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopInOrder();
    return this.#stopping;
  }

  async #stopInOrder(): Promise<void> {
    this.#waiting.clear();
    // What already waits for a restart must not come up while others are stopped.
    for (const child of this.#children) if (child.pid === undefined) child.stop('SIGINT');
    for (const group of this.#inStopOrder()) await this.#stopAll(group, 'SIGINT');
  }

  async #stopAll(children: readonly Child[], signal: EndSignal): Promise<void> {
    const pids = new Map(children.map((child) => [child, child.pid]));
    for (const child of children) child.stop(signal);
    // By pid, not by state: a command may start an instance again while it is being stopped.
    const isGone = (child: Child) => child.pid === undefined || child.pid !== pids.get(child);
    await this.#waitFor(undefined, () => (children.every(isGone) ? 'gone' : undefined));
  }

  #child(name: string): Child {
    const child = this.#children.find((candidate) => candidate.spec.name === name);
    if (!child) throw new FleetError(`no process is called ${name}; there are ${[...this.names].sort().join(', ')}`);
    return child;
  }

  #notReady(child: Child, reason: string): NotReady {
    return { name: child.spec.name, reason, lastLines: this.#effects.lastLines(child.spec, SHOWN_LINES) };
  }

  #inStopOrder(): Child[][] {
    const ordered = this.#children.map((child) => ({ ...child.spec, child }));
    return stopOrder(ordered).map((group) => group.map(({ child }) => child));
  }

  #startThoseThatMay(): void {
    for (const child of [...this.#waiting]) {
      if (!this.#mayStart(child) || !this.#waiting.delete(child)) continue;
      child.start();
    }
  }

  /** What is held down is not waited for. */
  #mayStart({ spec }: Child): boolean {
    const awaited = spec.dependsOn.filter(({ condition }) => condition === 'ready').map(({ name }) => name);
    return this.#children
      .filter((child) => awaited.includes(child.spec.name))
      .every((child) => child.life.state === 'ready' || (isHeld(child) && !this.#waiting.has(child)));
  }

  #statusOf(child: Child): ProcessStatus {
    const status = child.status();
    return this.#waiting.has(child) ? { ...status, state: 'starting' } : status;
  }

  #changed(): void {
    this.#startThoseThatMay();
    this.#options.onChange?.();
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Waits for `check` to give a value. Undefined: it did not before the deadline. */
  #waitFor<Outcome>(timeoutMs: number | undefined, check: () => Outcome | undefined): Promise<Outcome | undefined> {
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

/** It ended since a command started it, or is about to. */
function hasDied({ life }: Child): boolean {
  if (life.state === 'starting') return life.crashes > 0 && !life.everReady;
  if (life.state === 'stopping') return !life.startAgain;
  return life.state !== 'ready';
}

/** `GET http://127.0.0.1:8061/health/ready`. */
function describeReadiness(readiness: PlacedProcess['readiness']): string {
  if (readiness.kind === 'command') return [readiness.command, ...readiness.args].join(' ');
  const address = `127.0.0.1:${readiness.port}`;
  return readiness.kind === 'tcp' ? `connecting to ${address}` : `GET http://${address}${readiness.path}`;
}
