import {
  containerName,
  everyProcess,
  type Fleet,
  type FleetDefinition,
  fullestDefinitions,
  networkPlacement,
  placedProcesses,
} from '@flotilla/topology';
import { FleetError } from '../fleet/fleet-error.js';
import { requirePorts } from '../fleet/ports.js';
import type { ProcessRow } from '../fleet/status.js';
import { inspectContainers, rowsOf } from './container-status.js';
import type { DockerCli } from './docker-cli.js';
import { describeContainer, type EngineContainer, engineContainers, publishes } from './engine-containers.js';

/** What the compose files publish ports on unless the caller names another address. */
const DEFAULT_BIND_ADDRESS = '127.0.0.1';
const OFFSET_ADVICE = 'set RUNTIME=local';

/** A fleet's containers on the engine. */
export interface ContainerFleet {
  readonly definition: FleetDefinition;
  readonly containers: readonly EngineContainer[];
}

/** Those of this checkout: another one on the same machine may have a fleet of the same name. */
export class OwnContainers {
  readonly #docker: DockerCli;
  readonly #root: string;
  readonly #fleet: Fleet;
  /** Of all modes of the fleet, with all that there can be. */
  readonly #definitions: readonly FleetDefinition[];

  /** @param root - absolute path of the directory that holds the compose files. */
  constructor(docker: DockerCli, root: string, fleet: Fleet) {
    this.#docker = docker;
    this.#root = root;
    this.#fleet = fleet;
    this.#definitions = fullestDefinitions(fleet);
  }

  /** The fleet that has containers, running or not. @throws FleetError when the engine does not answer. */
  async fleet(): Promise<ContainerFleet | undefined> {
    const all = (await engineContainers(this.#docker)).filter((each) => this.#isOwn(each) && !each.oneOff);
    for (const fullest of this.#definitions) {
      const containers = all.filter((each) => each.project === fullest.network.project);
      if (containers.length > 0) return { definition: this.#definitionAmong(fullest, containers), containers };
    }
    return undefined;
  }

  /** What an option adds has a container from the start of its fleet to its end. */
  #definitionAmong(fullest: FleetDefinition, containers: readonly EngineContainer[]): FleetDefinition {
    const there = new Set(containers.map(({ name }) => name));
    const names = everyProcess(fullest).map(({ name }) => name);
    const running = new Set(names.filter((name) => there.has(containerName(fullest, name))));
    return this.#fleet.define({ mode: fullest.name, options: this.#fleet.optionsAmong?.(fullest.name, running) });
  }

  /** All processes of a fleet as they are now. */
  async rows(definition: FleetDefinition): Promise<ProcessRow[]> {
    const found = await this.fleet();
    const ids = found?.definition.name === definition.name ? found.containers.map((each) => each.id) : [];
    return rowsOf(definition, await inspectContainers(this.#docker, ids));
  }

  /**
   * Makes sure that a fleet's names and ports can be had.
   *
   * @param host - address that its ports will be published on. Undefined or empty: this machine's own.
   * @throws FleetError naming what is taken, and by whom.
   */
  async requireRoom(definition: FleetDefinition, host: string | undefined): Promise<void> {
    const processes = placedProcesses(definition, networkPlacement);
    const others = await engineContainers(this.#docker);
    const names = new Set(processes.map(({ name }) => containerName(definition, name)));
    const [first] = others.filter((each) => names.has(each.name) && !this.#isOwn(each));
    if (first) throw new FleetError(`the name is taken: ${describeContainer(first)}\n${removalOf(first)}`);
    const holderOf = (port: number) => {
      const holder = others.find((each) => publishes(each, port));
      return holder && describeContainer(holder);
    };
    await requirePorts(definition, processes, {
      host: host || DEFAULT_BIND_ADDRESS,
      holderOf,
      advice: OFFSET_ADVICE,
    });
  }

  /**
   * Makes sure that what Compose does to a project by its name meets this checkout's containers only.
   *
   * @throws FleetError naming another checkout's container.
   */
  async requireOwnProject({ network: { project } }: FleetDefinition): Promise<void> {
    const all = await engineContainers(this.#docker);
    const foreign = all.find((each) => each.project === project && !this.#isOwn(each));
    if (foreign) throw new FleetError(`${describeContainer(foreign)} is left alone.\n${removalOf(foreign)}`);
  }

  #isOwn({ project, directory }: EngineContainer): boolean {
    return directory === this.#root && this.#definitions.some(({ network }) => network.project === project);
  }
}

function removalOf({ name, project }: EngineContainer): string {
  const command = project ? `docker compose --project-name ${project} down` : `docker rm --force ${name}`;
  return `If it is yours to end: ${command}`;
}
