import type { FleetMode } from '@flotilla/topology';
import { COMPOSE_TWO_BALANCERS, composeFiles, composeFleet, containerName } from '@flotilla/topology/compose';
import { type FleetContext, START_HINT } from '../fleet-context.js';
import { FleetError } from '../fleet-error.js';
import { putLogsAside } from '../fleet-files.js';
import type { FleetShape } from '../fleet-shape.js';
import type { Interruption } from '../interruption.js';
import { type LogSelection, selectNames } from '../log-selection.js';
import type { LogsOptions, Runtime, StartChanges, StartedFleet } from '../runtime.js';
import { readDockerState, removeState, writeState } from '../state-file.js';
import type { FleetStatus, StatusReport } from '../status.js';
import { awaitHealthy, type Unhealthy } from './await-healthy.js';
import { ComposeCommands } from './compose-commands.js';
import { DockerCli, lastLines } from './docker-cli.js';
import { dockerReport, noReport } from './docker-report.js';
import { Elapsed } from './elapsed.js';
import { addressOf } from './engine-containers.js';
import { removeImages } from './images.js';
import { OwnContainers } from './own-containers.js';

/** Lines of a container's log that are shown when it does not become healthy. */
const SHOWN_LINES = 15;

/** Containers of the engine that answers the caller's `docker`, from the compose files of the checkout. */
export class DockerRuntime implements Runtime {
  readonly name = 'docker';
  readonly units = 'containers';
  readonly #context: FleetContext;
  /** For questions, and for what concerns the whole project. */
  readonly #docker: DockerCli;
  readonly #own: OwnContainers;

  constructor(context: FleetContext) {
    this.#context = context;
    this.#docker = new DockerCli(context.caller);
    this.#own = new OwnContainers(this.#docker, context.root);
  }

  build(mode: FleetMode, interruption: Interruption): Promise<void> {
    return this.#build(mode, true, interruption);
  }

  async isUp(): Promise<boolean> {
    // An engine that does not answer runs nothing that a command could act on.
    return this.#own.fleet().then(
      (fleet) => fleet !== undefined,
      () => false,
    );
  }

  async running(): Promise<FleetStatus | undefined> {
    const status = await this.#status();
    // Somebody removed the containers without these commands.
    if (!status && readDockerState(this.#context.files)) removeState(this.#context.files);
    return status;
  }

  async start(
    shape: FleetShape,
    { held = [] }: StartChanges,
    interruption: Interruption | undefined,
  ): Promise<StartedFleet> {
    const { files, caller, say } = this.#context;
    const { mode, balancers } = shape;
    await this.#own.requireRoom(shape, caller.BIND_ADDRESS);
    await this.#build(mode, false, interruption);
    const names = composeFleet(mode, { balancers }).map((spec) => spec.name);
    const wanted = names.filter((name) => !held.includes(name));
    say(`starting the ${mode} fleet: ${names.length} containers`);
    putLogsAside(files);
    writeState(files, { version: 1, runtime: 'docker', mode, startedAt: new Date().toISOString() });
    using elapsed = new Elapsed('waiting for all containers to be healthy');
    const startedMs = performance.now();
    try {
      const commands = this.#commands(mode);
      const docker = this.#dockerFor(shape);
      await docker.run('the containers could not be started', commands.up(wanted), interruption);
      if (held.length > 0) await docker.run('containers could not be created', commands.create(held));
      await this.#throwIfUnhealthy(
        shape,
        await awaitHealthy(() => this.#own.rows(shape), wanted, new Map(), interruption),
      );
      return { status: await this.#required(), readyAfterMs: performance.now() - startedMs };
    } catch (error) {
      elapsed[Symbol.dispose]();
      say('stopping everything again');
      await this.#down(mode);
      throw error;
    }
  }

  async stop({ mode, processes }: FleetStatus): Promise<void> {
    const { say } = this.#context;
    say(`stopping the ${mode} fleet: ${processes.length} containers`);
    using _elapsed = new Elapsed('stopping');
    await this.#down(mode);
    say('stopped; all ports are free');
  }

  async report(): Promise<StatusReport> {
    try {
      const status = await this.#status();
      return status ? await dockerReport(this.#docker, status) : noReport(null);
    } catch (error) {
      if (error instanceof FleetError) return noReport(error.message);
      throw error;
    }
  }

  async stopInstance(name: string): Promise<void> {
    const status = await this.#requiredWith(name);
    await this.#dockerFor(status).run(`${name} could not be stopped`, this.#commands(status.mode).stop(name));
  }

  async startInstance(name: string, interruption: Interruption): Promise<void> {
    const status = await this.#requiredWith(name);
    const before = new Map(status.processes.map((each) => [each.name, each.restarts]));
    const start = this.#commands(status.mode).start(name);
    await this.#dockerFor(status).run(`${name} could not be started`, start, interruption);
    const look = () => this.#own.rows(status);
    await this.#throwIfUnhealthy(status, await awaitHealthy(look, [name], before, interruption));
  }

  async showLogs(selection: LogSelection, options: LogsOptions): Promise<void> {
    const status = await this.#required();
    const known = status.processes.map((each) => each.name).sort();
    const names = selectNames(known, selection);
    await this.#dockerFor(status).show(this.#commands(status.mode).logs(names, options), options.signal);
  }

  async clean(): Promise<void> {
    for (const mode of Object.keys(composeFiles) as FleetMode[]) {
      await this.#own.requireOwnProject(mode);
      await this.#docker.run(`the ${mode} fleet could not be removed`, this.#commands(mode).clean());
    }
    await removeImages(this.#docker, this.#context.say);
  }

  async #build(mode: FleetMode, withClient: boolean, interruption: Interruption | undefined): Promise<void> {
    const { say } = this.#context;
    say('building the images; the first time takes minutes');
    using elapsed = new Elapsed('building');
    await this.#docker.run('the images could not be built', this.#commands(mode).build(withClient), interruption);
    say(`the images are up to date after ${elapsed}`);
  }

  async #down(mode: FleetMode): Promise<void> {
    await this.#own.requireOwnProject(mode);
    await this.#docker.run(`the ${mode} fleet could not be stopped`, this.#commands(mode).down());
    removeState(this.#context.files);
  }

  async #status(): Promise<FleetStatus | undefined> {
    const remembered = readDockerState(this.#context.files);
    const fleet = await this.#own.fleet().catch((error: unknown) => {
      if (!(error instanceof FleetError) || !remembered) throw error;
      const forget = `Start the engine, or forget that fleet: rm ${this.#context.files.state}`;
      throw new FleetError(`the ${remembered.mode} fleet was started under Docker. ${error.message}\n${forget}`);
    });
    if (!fleet) return undefined;
    const { mode, balancers } = fleet;
    const processes = await this.#own.rows(fleet);
    const starts = processes.flatMap((each) => each.startedAt ?? []).sort();
    const startedAt = remembered?.mode === mode ? remembered.startedAt : (starts[0] ?? new Date().toISOString());
    const host = fleet.containers.map(addressOf).find(Boolean);
    return { mode, balancers, portOffset: 0, ...(host && { host }), startedAt, stopping: false, processes };
  }

  async #required(): Promise<FleetStatus> {
    const status = await this.#status();
    if (status) return status;
    throw new FleetError(`no fleet runs; ${START_HINT}`);
  }

  async #requiredWith(name: string): Promise<FleetStatus> {
    const status = await this.#required();
    const names = status.processes.map((each) => each.name).sort();
    if (names.includes(name)) return status;
    throw new FleetError(`no process is called ${name}; there are ${names.join(', ')}`);
  }

  async #throwIfUnhealthy(shape: FleetShape, unhealthy: Unhealthy | undefined): Promise<void> {
    if (!unhealthy) return;
    const { name, reason } = unhealthy;
    const lines = await this.#lastLines(shape, name);
    const shown = lines.length > 0 ? [`last lines of \`docker logs ${containerName(name)}\`:`, ...lines] : [];
    throw new FleetError([`${name} did not become ready: ${reason}`, ...shown].join('\n  '));
  }

  async #lastLines(shape: FleetShape, name: string): Promise<string[]> {
    const logs = this.#commands(shape.mode).logs([name], { follow: false, tailLines: SHOWN_LINES });
    const { stdout, stderr } = await this.#dockerFor(shape).ask(...logs);
    return lastLines(`${stdout}\n${stderr}`, SHOWN_LINES);
  }

  /** For what concerns containers that only a profile has. */
  #dockerFor({ mode, balancers }: FleetShape): DockerCli {
    const isProfile = mode === 'parallel' && balancers === 2;
    return new DockerCli(this.#context.caller, isProfile ? COMPOSE_TWO_BALANCERS : undefined);
  }

  #commands(mode: FleetMode): ComposeCommands {
    return new ComposeCommands(this.#context.root, mode);
  }
}
