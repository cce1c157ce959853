import { dirname } from 'node:path';
import type { Interruption } from '@flotilla/terminal/interruption';
import { containerName, everyProcess, type FleetDefinition, fullestDefinitions, profilesOf } from '@flotilla/topology';
import { type FleetContext, startHint } from '../fleet/fleet-context.js';
import { FleetError } from '../fleet/fleet-error.js';
import { putLogsAside } from '../fleet/fleet-files.js';
import { definitionFor, shapeOf } from '../fleet/fleet-spec.js';
import { type LogSelection, selectNames } from '../fleet/log-selection.js';
import type { LogsOptions, Runtime, StartChanges, StartedFleet } from '../fleet/runtime.js';
import { readDockerState, removeState, writeState } from '../fleet/state-file.js';
import type { FleetStatus, StatusReport } from '../fleet/status.js';
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
    this.#own = new OwnContainers(this.#docker, context.root, context.fleet);
  }

  build(definition: FleetDefinition, interruption: Interruption): Promise<void> {
    return this.#build(definition, true, interruption);
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
    // The containers were removed by other commands than these.
    if (!status && readDockerState(this.#context.files)) removeState(this.#context.files);
    return status;
  }

  async start(
    definition: FleetDefinition,
    { held = [] }: StartChanges,
    interruption: Interruption | undefined,
  ): Promise<StartedFleet> {
    const { files, caller, say } = this.#context;
    const { name: mode } = definition;
    await this.#own.requireRoom(definition, caller.BIND_ADDRESS);
    await this.#build(definition, false, interruption);
    const names = everyProcess(definition).map(({ name }) => name);
    const wanted = names.filter((name) => !held.includes(name));
    say(`starting the ${mode} fleet: ${names.length} containers`);
    putLogsAside(files);
    writeState(files, { version: 1, runtime: 'docker', mode, startedAt: new Date().toISOString() });
    using elapsed = new Elapsed('waiting for all containers to be healthy');
    const startedMs = performance.now();
    try {
      const commands = this.#commands(definition);
      const docker = this.#dockerFor(definition);
      await docker.run('the containers could not be started', commands.up(wanted), interruption);
      if (held.length > 0) await docker.run('containers could not be created', commands.create(held));
      await this.#throwIfUnhealthy(
        definition,
        await awaitHealthy(() => this.#own.rows(definition), wanted, new Map(), interruption),
      );
      return { status: await this.#required(), readyAfterMs: performance.now() - startedMs };
    } catch (error) {
      elapsed[Symbol.dispose]();
      say('stopping everything again');
      await this.#down(definition);
      throw error;
    }
  }

  async stop(status: FleetStatus): Promise<void> {
    const { say, fleet } = this.#context;
    say(`stopping the ${status.mode} fleet: ${status.processes.length} containers`);
    using _elapsed = new Elapsed('stopping');
    await this.#down(definitionFor(fleet, {}, status));
    say('stopped; all ports are free');
  }

  async report(): Promise<StatusReport> {
    try {
      const status = await this.#status();
      if (!status) return noReport(null);
      return await dockerReport(this.#docker, definitionFor(this.#context.fleet, {}, status), status);
    } catch (error) {
      if (error instanceof FleetError) return noReport(error.message);
      throw error;
    }
  }

  async stopInstance(name: string): Promise<void> {
    const { definition } = await this.#requiredWith(name);
    await this.#dockerFor(definition).run(`${name} could not be stopped`, this.#commands(definition).stop(name));
  }

  async startInstance(name: string, interruption: Interruption): Promise<void> {
    const { definition, status } = await this.#requiredWith(name);
    const before = new Map(status.processes.map((each) => [each.name, each.restarts]));
    const start = this.#commands(definition).start(name);
    await this.#dockerFor(definition).run(`${name} could not be started`, start, interruption);
    const look = () => this.#own.rows(definition);
    await this.#throwIfUnhealthy(definition, await awaitHealthy(look, [name], before, interruption));
  }

  async showLogs(selection: LogSelection, options: LogsOptions): Promise<void> {
    const status = await this.#required();
    const known = status.processes.map((each) => each.name).sort();
    const names = selectNames(known, selection, this.#context.fleet);
    const definition = definitionFor(this.#context.fleet, {}, status);
    await this.#dockerFor(definition).show(this.#commands(definition).logs(names, options), options.signal);
  }

  async clean(): Promise<void> {
    for (const definition of fullestDefinitions(this.#context.fleet)) {
      await this.#own.requireOwnProject(definition);
      const failure = `the ${definition.name} fleet could not be removed`;
      await this.#docker.run(failure, this.#commands(definition).clean());
    }
    await removeImages(this.#docker, this.#context.say);
  }

  async #build(
    definition: FleetDefinition,
    withClient: boolean,
    interruption: Interruption | undefined,
  ): Promise<void> {
    const { say } = this.#context;
    say('building the images; the first time takes minutes');
    using elapsed = new Elapsed('building');
    const hasClient = withClient && definition.guide.clientExample !== undefined;
    const build = this.#commands(definition).build(hasClient);
    await this.#docker.run('the images could not be built', build, interruption);
    say(`the images are up to date after ${elapsed}`);
  }

  async #down(definition: FleetDefinition): Promise<void> {
    await this.#own.requireOwnProject(definition);
    await this.#docker.run(`the ${definition.name} fleet could not be stopped`, this.#commands(definition).down());
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
    const shape = shapeOf(fleet.definition);
    const processes = await this.#own.rows(fleet.definition);
    const starts = processes.flatMap((each) => each.startedAt ?? []).sort();
    const startedAt = remembered?.mode === shape.mode ? remembered.startedAt : (starts[0] ?? new Date().toISOString());
    const host = fleet.containers.map(addressOf).find(Boolean);
    return { ...shape, portOffset: 0, ...(host && { host }), startedAt, stopping: false, processes };
  }

  async #required(): Promise<FleetStatus> {
    const status = await this.#status();
    if (status) return status;
    throw new FleetError(`no fleet runs; ${startHint(this.#context.fleet)}`);
  }

  async #requiredWith(name: string): Promise<{ status: FleetStatus; definition: FleetDefinition }> {
    const status = await this.#required();
    const names = status.processes.map((each) => each.name).sort();
    if (names.includes(name)) return { status, definition: definitionFor(this.#context.fleet, {}, status) };
    throw new FleetError(`no process is called ${name}; there are ${names.join(', ')}`);
  }

  async #throwIfUnhealthy(definition: FleetDefinition, unhealthy: Unhealthy | undefined): Promise<void> {
    if (!unhealthy) return;
    const { name, reason } = unhealthy;
    const lines = await this.#lastLines(definition, name);
    const shown =
      lines.length > 0 ? [`last lines of \`docker logs ${containerName(definition, name)}\`:`, ...lines] : [];
    throw new FleetError([`${name} did not become ready: ${reason}`, ...shown].join('\n  '));
  }

  async #lastLines(definition: FleetDefinition, name: string): Promise<string[]> {
    const logs = this.#commands(definition).logs([name], { follow: false, tailLines: SHOWN_LINES });
    const { stdout, stderr } = await this.#dockerFor(definition).ask(...logs);
    return lastLines(`${stdout}\n${stderr}`, SHOWN_LINES);
  }

  /** For what concerns containers that only a profile has. */
  #dockerFor(definition: FleetDefinition): DockerCli {
    // A relative one would be relative to the compose file, or the name of a volume.
    const caller = { ...this.#context.caller, FLOTILLA_DATA_DIR: dirname(this.#context.dataDir) };
    return new DockerCli(caller, profilesOf(definition));
  }

  #commands({ network }: FleetDefinition): ComposeCommands {
    const profiles = fullestDefinitions(this.#context.fleet).flatMap(profilesOf);
    return new ComposeCommands(this.#context.root, network, [...new Set(profiles)]);
  }
}
