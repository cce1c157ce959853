import { fleetFiles } from '../fleet-files.js';
import { processIdentity, type RecordedProcess } from '../process-identity.js';
import { type FleetState, removeState, writeState } from '../state-file.js';
import { serveControl } from './control-server.js';
import { LogRotation } from './log-rotation.js';
import { nodeEffects } from './node-effects.js';
import type { FleetPlan } from './plan.js';
import { Supervisor } from './supervisor.js';

/** What a supervisor in the background tells the command that started it, once. */
type SupervisorGreeting = { readonly listening: true };

/**
 * The supervisor in the background: takes its plan from the command that started it, and from then on depends on
 * nobody. Ends on SIGTERM, after all its processes.
 */
export function superviseInBackground(): void {
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
  const supervisor = new Supervisor({ ...plan, onChange: () => record.save(supervisor) }, nodeEffects(plan));
  const control = await serveControl(supervisor, files.socket);
  const rotation = new LogRotation(files.logDir, plan.maxLogBytes);
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
  record.save(supervisor);
  supervisor.start();
  const greeting: SupervisorGreeting = { listening: true };
  process.send?.(greeting, () => process.connected && process.disconnect());
}

/** Keeps the state file true while processes come and go, and tells the supervisor's log. */
class StateRecord {
  readonly #plan: FleetPlan;
  readonly #startedAt = new Date().toISOString();
  /** By pid, of the processes that run. */
  #identities = new Map<number, string>();
  readonly #told = new Map<string, string>();
  #written = '';

  constructor(plan: FleetPlan) {
    this.#plan = plan;
  }

  save(supervisor: Supervisor): void {
    const { processes } = supervisor.status();
    for (const { name, state, pid, reason } of processes) {
      const line = [name, state, pid ? `pid ${pid}` : '', reason && state !== 'ready' ? `(${reason})` : ''];
      this.#tell(name, line.filter(Boolean).join(' '));
    }
    const recorded = processes.flatMap(({ name, pid }) => (pid === null ? [] : [this.#recorded(name, pid)]));
    // A pid that is gone may come back as another process.
    this.#identities = new Map(recorded.map((each) => [each.pid, each.identity]));
    const key = JSON.stringify(recorded);
    if (key !== this.#written) this.#write(recorded, key);
  }

  #write(recorded: RecordedProcess[], key: string): void {
    try {
      writeState(fleetFiles(this.#plan.stateDir), this.#state(recorded));
      this.#written = key;
    } catch (error) {
      // A full disk is no reason to end a fleet that works; the next change tries again.
      say(`cannot remember the fleet: ${(error as Error).message}`);
    }
  }

  #tell(name: string, line: string): void {
    if (this.#told.get(name) === line) return;
    this.#told.set(name, line);
    say(line);
  }

  #recorded(name: string, pid: number): RecordedProcess {
    // Asked right after the start, while the pid can be nobody else's.
    return { name, pid, identity: this.#identities.get(pid) ?? processIdentity(pid) ?? '' };
  }

  #state(processes: RecordedProcess[]): FleetState {
    const { mode, portOffset, killAfterMs } = this.#plan;
    return {
      version: 1,
      mode,
      portOffset,
      startedAt: this.#startedAt,
      supervisor: this.#recorded('supervisor', process.pid),
      processes,
      ports: this.#plan.processes.map((spec) => spec.port),
      stopGroups: new Set(this.#plan.processes.map((spec) => spec.folder)).size,
      killAfterMs,
    };
  }
}

/** Into the supervisor's own log. */
function say(text: string): void {
  console.log(JSON.stringify({ time: Date.now(), name: 'supervisor', msg: text }));
}
