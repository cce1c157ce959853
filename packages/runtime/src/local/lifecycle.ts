import type { ProcessState } from '../fleet/status.js';
import { type BackoffPolicy, backoffDelayMs } from './backoff.js';

/** What a supervisor knows of one process: a value, changed only by {@link advance}. */
export interface Lifecycle {
  readonly state: ProcessState;
  /** While `stopping`: whether it shall start again as soon as it is gone. */
  readonly startAgain: boolean;
  /** Whether it was ready at least once since a command (not the supervisor) started it. */
  readonly everReady: boolean;
  readonly readySinceMs: number | undefined;
  readonly crashesInARow: number;
  /** Unrequested ends since a command started it. */
  readonly crashes: number;
  /** Starts by the supervisor itself, since the fleet began. */
  readonly restarts: number;
}

export type LifecycleEvent =
  | { readonly type: 'start' | 'stop' | 'ready' | 'waited' }
  | { readonly type: 'exited'; readonly code: number | null };

/** What the event asks of the world. `spawn` and `rest` also end a wait that is under way. */
export type LifecycleAction =
  | { readonly do: 'nothing' | 'spawn' | 'terminate' | 'rest' }
  | { readonly do: 'wait'; readonly delayMs: number };

export interface Step {
  readonly next: Lifecycle;
  readonly action: LifecycleAction;
}

/** Where every process begins, and where one that is held down stays. */
export const atRest: Lifecycle = {
  state: 'stopped',
  startAgain: false,
  everReady: false,
  readySinceMs: undefined,
  crashesInARow: 0,
  crashes: 0,
  restarts: 0,
};

/** Exit code by which a process says that its configuration is wrong. */
const CONFIGURATION_REFUSED = 1;

/**
 * The life of one process: what an event makes of it, and what is to be done about it. Pure.
 *
 * @param nowMs - of a clock that never goes back.
 * @param random - from 0 to 1, for the jitter of restarts.
 */
export function advance(
  life: Lifecycle,
  event: LifecycleEvent,
  policy: BackoffPolicy,
  nowMs: number,
  random: number,
): Step {
  switch (event.type) {
    case 'start':
      return started(life);
    case 'stop':
      return stopped(life);
    case 'ready':
      if (life.state !== 'starting') return unchanged(life);
      return step({ ...life, state: 'ready', everReady: true, readySinceMs: nowMs }, 'nothing');
    case 'waited':
      if (life.state !== 'restarting') return unchanged(life);
      return step({ ...life, state: 'starting', restarts: life.restarts + 1 }, 'spawn');
    case 'exited':
      return exited(life, event.code, policy, nowMs, random);
  }
}

function started(life: Lifecycle): Step {
  if (life.state === 'starting' || life.state === 'ready') return unchanged(life);
  if (life.state === 'stopping') return step({ ...life, startAgain: true }, 'nothing');
  return step(restarted(life), 'spawn');
}

function stopped(life: Lifecycle): Step {
  switch (life.state) {
    case 'starting':
    case 'ready':
      return step({ ...life, state: 'stopping', startAgain: false, readySinceMs: undefined }, 'terminate');
    case 'stopping':
      return step({ ...life, startAgain: false }, 'nothing');
    default:
      return step({ ...life, state: 'stopped' }, 'rest');
  }
}

function exited(life: Lifecycle, code: number | null, policy: BackoffPolicy, nowMs: number, random: number): Step {
  if (life.state === 'stopping') {
    return life.startAgain ? step(restarted(life), 'spawn') : step({ ...life, state: 'stopped' }, 'rest');
  }
  if (life.state !== 'starting' && life.state !== 'ready') return unchanged(life);
  const crashes = life.crashes + 1;
  if (code === CONFIGURATION_REFUSED && !life.everReady) return step({ ...life, state: 'failed', crashes }, 'rest');
  const recovered = life.readySinceMs !== undefined && nowMs - life.readySinceMs >= policy.healthyAfterMs;
  const crashesInARow = recovered ? 1 : life.crashesInARow + 1;
  const next: Lifecycle = { ...life, state: 'restarting', readySinceMs: undefined, crashesInARow, crashes };
  return { next, action: { do: 'wait', delayMs: backoffDelayMs(crashesInARow, policy, random) } };
}

/** As if it had never run; only the count of restarts is kept. */
function restarted(life: Lifecycle): Lifecycle {
  return { ...atRest, state: 'starting', restarts: life.restarts };
}

function step(next: Lifecycle, action: 'nothing' | 'spawn' | 'terminate' | 'rest'): Step {
  return { next, action: { do: action } };
}

function unchanged(life: Lifecycle): Step {
  return step(life, 'nothing');
}
