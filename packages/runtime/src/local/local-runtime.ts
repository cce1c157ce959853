import { rmSync } from 'node:fs';
import type { Interruption } from '@flotilla/terminal/interruption';
import type { FleetDefinition } from '@flotilla/topology';
import { type FleetContext, startHint } from '../fleet/fleet-context.js';
import { FleetError } from '../fleet/fleet-error.js';
import { logFile } from '../fleet/fleet-files.js';
import { type LogSelection, selectLogs } from '../fleet/log-selection.js';
import type { LogsOptions, Runtime, StartChanges, StartedFleet } from '../fleet/runtime.js';
import type { FleetStatus, StatusReport } from '../fleet/status.js';
import { endFleet } from './end-fleet.js';
import { type FoundFleet, findFleet } from './find-fleet.js';
import { READY_TIMEOUT_MS } from './fleet-plan.js';
import { localReport } from './local-report.js';
import { showLogs } from './show-logs.js';
import { startInBackground } from './start-in-background.js';

/** Processes of this machine, behind a supervisor in the background. */
export class LocalRuntime implements Runtime {
  readonly name = 'local';
  readonly units = 'processes';
  readonly #context: FleetContext;

  constructor(context: FleetContext) {
    this.#context = context;
  }

  async build(): Promise<void> {
    this.#context.say('local processes run what is compiled; there are no images to build');
  }

  async isUp(): Promise<boolean> {
    return (await findFleet(this.#context.files)).kind !== 'none';
  }

  async running(): Promise<FleetStatus | undefined> {
    const { files, say } = this.#context;
    const found = await findFleet(files);
    if (found.kind === 'none') return undefined;
    if (found.kind === 'running' && !found.status.stopping) return found.status;
    if (found.kind === 'orphaned' && found.alive.length > 0) {
      const names = found.alive.map((each) => `${each.name} (pid ${each.pid})`);
      say(`ending what an earlier fleet left behind: ${names.join(', ')}`);
    }
    if (found.kind === 'mute') say(`ending an earlier supervisor that hangs (pid ${found.state.supervisor.pid})`);
    await endFleet(files, found);
    return undefined;
  }

  start(
    definition: FleetDefinition,
    changes: StartChanges,
    interruption: Interruption | undefined,
  ): Promise<StartedFleet> {
    return startInBackground(this.#context, definition, changes, interruption);
  }

  async stop(fleet: FleetStatus): Promise<void> {
    const { files, say } = this.#context;
    const found = await findFleet(files);
    if (found.kind === 'none') return;
    say(`stopping the ${fleet.mode} fleet: ${found.state.processes.length} processes, callers first`);
    await endFleet(files, found);
    say('stopped; all ports are free');
  }

  report(): Promise<StatusReport> {
    return localReport(this.#context);
  }

  async stopInstance(name: string): Promise<void> {
    const { control, state } = await this.#required();
    await control.stopInstance(name, state.killAfterMs);
  }

  async startInstance(name: string): Promise<void> {
    const { control } = await this.#required();
    const notReady = await control.startInstance(name, READY_TIMEOUT_MS);
    if (!notReady) return;
    const lines = notReady.lastLines.map((line) => `  ${line}`);
    const log = logFile(this.#context.files, name);
    throw new FleetError(
      [`${name} did not become ready: ${notReady.reason}`, `last lines of ${log}:`, ...lines].join('\n'),
    );
  }

  async showLogs(selection: LogSelection, options: LogsOptions, output: NodeJS.WriteStream): Promise<void> {
    const { files, fleet } = this.#context;
    await showLogs(files, selectLogs(files, selection, fleet), options, output);
  }

  async clean(): Promise<void> {
    const { logDir, previousLogDir } = this.#context.files;
    for (const path of [logDir, previousLogDir]) rmSync(path, { recursive: true, force: true });
  }

  async #required(): Promise<Extract<FoundFleet, { kind: 'running' }>> {
    const found = await findFleet(this.#context.files);
    if (found.kind === 'running') return found;
    const why = found.kind === 'none' ? 'no fleet runs' : 'the fleet has lost its supervisor';
    throw new FleetError(`${why}; ${startHint(this.#context.fleet)}`);
  }
}
