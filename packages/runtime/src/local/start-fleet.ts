import { join, resolve } from 'node:path';
import { type FleetDefinition, localProcesses, type PlacedProcess } from '@flotilla/topology';
import { type Environment, fleetEnvironment, readSetting } from '../fleet/environment.js';
import { CHECKOUT } from '../fleet/fleet-context.js';
import { FleetError } from '../fleet/fleet-error.js';
import { fleetFiles, logFile, prepareFiles } from '../fleet/fleet-files.js';
import { shapeOf } from '../fleet/fleet-spec.js';
import { requirePorts } from '../fleet/ports.js';
import type { FleetStatus, NotReady } from '../fleet/status.js';
import { type BackoffPolicy, defaultBackoff } from './backoff.js';
import { killAfterMs, READY_TIMEOUT_MS } from './fleet-plan.js';
import { LogRotation } from './log-rotation.js';
import { nodeEffects } from './node-effects.js';
import type { FleetPlan } from './plan.js';
import { Supervisor } from './supervisor.js';

/** A fleet of one's own, beside any other. */
export interface FleetOptions {
  readonly definition: FleetDefinition;
  /** See {@link freePortOffset}. */
  readonly portOffset: number;
  /** Gets the logs. Its content is the caller's to remove. */
  readonly stateDir: string;
  /** Holds the data of its dependencies. Default: within `stateDir`. */
  readonly dataDir?: string;
  /** On top of the part of this process's environment that every fleet gets. */
  readonly env?: Environment;
  /** Variables of one process, on top of its own: as to put a proxy between a balancer and an instance. */
  readonly environmentOf?: (process: PlacedProcess) => Readonly<Record<string, string>>;
  /** Holds the folders of the services. Default: this checkout. */
  readonly root?: string;
  /** Names that are not started until {@link LocalFleet.startInstance}. */
  readonly held?: readonly string[];
  /** For the whole fleet, and for one instance. Default 30 s. */
  readonly readyTimeoutMs?: number;
  /** Time between SIGTERM and SIGKILL. Default: FLOTILLA_DRAIN_DELAY_MS + FLOTILLA_SHUTDOWN_GRACE_MS + 5 s. */
  readonly killAfterMs?: number;
  readonly backoff?: BackoffPolicy;
}

/** A fleet whose supervisor is this process: it ends when this process does. */
export interface LocalFleet {
  readonly processes: readonly PlacedProcess[];
  status(): FleetStatus;
  /** Ends all processes, callers first. Settles when they are gone; safe to repeat. */
  stop(): Promise<void>;
  /** Ends one process and holds it down. @throws FleetError for a name not known. */
  stopInstance(name: string): Promise<void>;
  /** Starts one process and waits until it is ready. @throws FleetError when it does not become so. */
  startInstance(name: string): Promise<void>;
  /** Ends one process and starts it again, as in a rolling restart. @throws FleetError when it does not become ready. */
  restartInstance(name: string): Promise<void>;
  /** Waits until all processes that are not held down are ready, as after a crash. @throws FleetError otherwise. */
  awaitReady(): Promise<void>;
  /** Undefined while the process does not run. @throws FleetError for a name not known. */
  pidOf(name: string): number | undefined;
  /** Path of the file with what the process wrote. */
  logFile(name: string): string;
}

/**
 * Starts a fleet in this process and waits until all of it is ready. When that fails nothing of it is left.
 *
 * @throws FleetError when a port is taken, or a process does not become ready; the message has its last lines.
 */
export async function startFleet(options: FleetOptions): Promise<LocalFleet> {
  const plan = planOf(options);
  const files = fleetFiles(plan.stateDir);
  await requirePorts(options.definition, plan.processes);
  prepareFiles(files);
  const supervisor = new Supervisor(plan, nodeEffects(plan, console.error));
  const rotation = new LogRotation(files.logDir, plan.maxLogBytes, console.error);
  const timeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const stop = async () => {
    await supervisor.stop();
    rotation.close();
  };
  const startInstance = async (name: string) => throwIfNotReady(await supervisor.startInstance(name, timeoutMs));
  supervisor.start();
  const notReady = await supervisor.awaitReady(timeoutMs);
  if (notReady) {
    await stop();
    throw failure(notReady);
  }
  return {
    processes: plan.processes,
    status: () => supervisor.status(),
    stop,
    stopInstance: (name) => supervisor.stopInstance(name),
    startInstance,
    restartInstance: async (name) => {
      await supervisor.stopInstance(name);
      await startInstance(name);
    },
    awaitReady: async () => throwIfNotReady(await supervisor.awaitReady(timeoutMs)),
    pidOf: (name) => pidOf(supervisor, name),
    logFile: (name) => logFile(files, name),
  };
}

function planOf(options: FleetOptions): FleetPlan {
  const { definition, portOffset } = options;
  const stateDir = resolve(options.stateDir);
  const dataDir = resolve(options.dataDir ?? join(stateDir, 'data'));
  const caller = { ...process.env, ...options.env };
  return {
    ...shapeOf(definition),
    portOffset,
    root: resolve(options.root ?? CHECKOUT),
    stateDir,
    processes: localProcesses(definition, { portOffset, dataDir }).map((process) => ({
      ...process,
      environment: { ...process.environment, ...options.environmentOf?.(process) },
    })),
    held: options.held ?? [],
    env: { ...fleetEnvironment(caller, definition.passedOn), ...defined(options.env ?? {}) },
    maxLogBytes: readSetting('maxLogBytes', caller),
    killAfterMs: options.killAfterMs ?? killAfterMs(caller),
    backoff: options.backoff ?? defaultBackoff,
  };
}

function defined(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function pidOf(supervisor: Supervisor, name: string): number | undefined {
  const found = supervisor.status().processes.find((each) => each.name === name);
  if (!found) throw new FleetError(`no process is called ${name}; there are ${supervisor.names.join(', ')}`);
  return found.pid ?? undefined;
}

function throwIfNotReady(notReady: NotReady | undefined): void {
  if (notReady) throw failure(notReady);
}

function failure({ name, reason, lastLines }: NotReady): FleetError {
  return new FleetError(
    [`${name} did not become ready: ${reason}`, ...lastLines.map((line) => `  ${line}`)].join('\n'),
  );
}
