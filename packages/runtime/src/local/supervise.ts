import type { Server } from 'node:http';
import { systemReason } from '@flotilla/terminal/system-error';
import { stopOrder } from '@flotilla/topology';
import { type FleetFiles, fleetFiles } from '../fleet/fleet-files.js';
import { processIdentity, type RecordedProcess } from '../fleet/process-identity.js';
import { type FleetState, removeState, writeState } from '../fleet/state-file.js';
import { serveControl } from './control-server.js';
import { LogRotation } from './log-rotation.js';
import { nodeEffects } from './node-effects.js';
import type { FleetPlan } from './plan.js';
import { Supervisor } from './supervisor.js';

/** What a supervisor in the background tells the command that started it, once. */
export interface SupervisorGreeting {
  /** Why nothing can be remembered of the fleet, so that it was not started. Null: it is being started. */
  readonly unwritable: string | null;
}

/**
 * The supervisor in the background: takes its plan from the command that started it, and from then on depends on
 * no other process. Ends on SIGTERM, after all its processes.
 */
export function superviseInBackground(): void {
  // A warning that cannot be written must not end it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const orphaned = () => process.exit(1);
  process.once('disconnect', orphaned);
  process.once('message', (plan: FleetPlan) => {
    process.off('disconnect', orphaned);
    void supervise(plan);
  });
}

async function supervise(plan: FleetPlan): Promise<void> {
  const files = fleetFiles(plan.stateDir);
  const record = new StateRecord(plan);
  const supervisor = new Supervisor({ ...plan, onChange: () => record.save(supervisor) }, nodeEffects(plan, say));
  const control = await remembered(files, record, supervisor);
  const rotation = new LogRotation(files.logDir, plan.maxLogBytes, say);
  const stop = async () => {
    say(`stopping ${supervisor.names.length} processes`);
    await supervisor.stop();
    rotation.close();
    control.close();
    removeState(files);
    say('stopped');
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  // Further signals change nothing: the first one is already being obeyed.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  supervisor.start();
  greet({ unwritable: null }, () => process.connected && process.disconnect());
}

/** Makes sure that the fleet can be found again before anything of it is started; else the process ends. */
async function remembered(files: FleetFiles, record: StateRecord, supervisor: Supervisor): Promise<Server> {
  try {
    const control = await serveControl(supervisor, files.socket, () => record.state());
    record.write(supervisor);
    return control;
  } catch (error) {
    removeState(files);
    const unwritable = systemReason(error) ?? (error as Error).message;
    await new Promise<void>((resolve) => greet({ unwritable }, resolve));
    return process.exit(1);
  }
}

function greet(greeting: SupervisorGreeting, then: () => void): void {
  process.send?.(greeting, then);
}

/** Keeps the state file true while processes come and go, and tells the supervisor's log. */
class StateRecord {
  readonly #plan: FleetPlan;
  readonly #startedAt = new Date().toISOString();
  /** By pid, of the processes that run. */
  #identities = new Map<number, string>();
  readonly #told = new Map<string, string>();
  #processes: readonly RecordedProcess[] = [];
  #written = '';
  #isFailing = false;

  constructor(plan: FleetPlan) {
    this.#plan = plan;
  }

  save(supervisor: Supervisor): void {
    for (const { name, state, pid, reason } of supervisor.status().processes) {
      const line = [name, state, pid ? `pid ${pid}` : '', reason && state !== 'ready' ? `(${reason})` : ''];
      this.#tell(name, line.filter(Boolean).join(' '));
    }
    try {
      this.write(supervisor);
      if (this.#isFailing) say('the fleet can be remembered again');
      this.#isFailing = false;
    } catch (error) {
      // A full disk is no reason to end a fleet that works; the next change tries again.
      if (!this.#isFailing) say(`cannot remember the fleet: ${(error as Error).message}`);
      this.#isFailing = true;
    }
  }

  /** @throws Error of the system when it cannot be written. */
  write(supervisor: Supervisor): void {
    const { processes } = supervisor.status();
    this.#processes = processes.flatMap(({ name, pid }) => (pid === null ? [] : [this.#recorded(name, pid)]));
    // A pid that is gone may come back as another process.
    this.#identities = new Map(this.#processes.map((each) => [each.pid, each.identity]));
    const key = JSON.stringify(this.#processes);
    if (key === this.#written) return;
    writeState(fleetFiles(this.#plan.stateDir), this.state());
    this.#written = key;
  }

  #tell(name: string, line: string): void {
    if (this.#told.get(name) === line) return;
    this.#told.set(name, line);
    say(line);
  }

  #recorded(name: string, pid: number): RecordedProcess {
    // Asked right after the start, while the pid can belong to no other process.
    return { name, pid, identity: this.#identities.get(pid) || processIdentity(pid) || '' };
  }

  /** The fleet as it is now, whether it could be written or not. */
  state(): FleetState {
    const { mode, options, portOffset, killAfterMs, processes: planned } = this.#plan;
    return {
      version: 1,
      mode,
      options,
      portOffset,
      startedAt: this.#startedAt,
      supervisor: this.#recorded('supervisor', process.pid),
      processes: this.#processes,
      ports: planned.flatMap(({ ports }) => ports),
      stopGroups: stopOrder(planned).length,
      killAfterMs,
    };
  }
}

/** Into the supervisor's own log. */
function say(text: string): void {
  console.log(JSON.stringify({ time: Date.now(), name: 'supervisor', msg: text }));
}
