import { type FleetMode, stages } from '@flotilla/topology';
import { composeFiles, composeFleet, composeProject, containerName } from '@flotilla/topology/compose';
import { FleetError } from '../fleet-error.js';
import type { FleetShape } from '../fleet-shape.js';
import { requirePorts } from '../ports.js';
import type { ProcessRow } from '../status.js';
import { inspectContainers, rowsOf } from './container-status.js';
import type { DockerCli } from './docker-cli.js';
import { describeContainer, type EngineContainer, engineContainers, publishes } from './engine-containers.js';

/** What the compose files publish ports on unless the caller names another address. */
const DEFAULT_BIND_ADDRESS = '127.0.0.1';
const PORT_HINT = 'Free it, or stand beside it: RUNTIME=local FLOTILLA_PORT_OFFSET=1000.';

/** A fleet's containers on the engine. */
export interface ContainerFleet extends FleetShape {
  readonly containers: readonly EngineContainer[];
}

/** Those of this checkout: another one on the same machine may have a fleet of the same name. */
export class OwnContainers {
  readonly #docker: DockerCli;
  readonly #root: string;

  /** @param root - absolute path of the directory that holds the compose files. */
  constructor(docker: DockerCli, root: string) {
    this.#docker = docker;
    this.#root = root;
  }

  /** The fleet that has containers, running or not. @throws FleetError when the engine does not answer. */
  async fleet(): Promise<ContainerFleet | undefined> {
    const all = (await engineContainers(this.#docker)).filter((each) => this.#isOwn(each) && !each.oneOff);
    for (const mode of Object.keys(composeFiles) as FleetMode[]) {
      const containers = all.filter((each) => each.project === composeProject(mode));
      if (containers.length > 0) return { mode, balancers: balancersAmong(containers), containers };
    }
    return undefined;
  }

  /** All processes of a fleet as they are now. */
  async rows({ mode, balancers }: FleetShape): Promise<ProcessRow[]> {
    const fleet = await this.fleet();
    const ids = fleet?.mode === mode ? fleet.containers.map((each) => each.id) : [];
    return rowsOf(composeFleet(mode, { balancers }), await inspectContainers(this.#docker, ids));
  }

  /**
   * Makes sure that a fleet's names and ports can be had.
   *
   * @param host - address that its ports will be published on. Undefined or empty: this machine's own.
   * @throws FleetError naming what is taken, and by whom.
   */
  async requireRoom({ mode, balancers }: FleetShape, host: string | undefined): Promise<void> {
    const specs = composeFleet(mode, { balancers });
    const others = await engineContainers(this.#docker);
    const names = new Set(specs.map((spec) => containerName(spec.name)));
    const [first] = others.filter((each) => names.has(each.name) && !this.#isOwn(each));
    if (first) throw new FleetError(`the name is taken: ${describeContainer(first)}\n${removalOf(first)}`);
    const holderOf = (port: number) => {
      const holder = others.find((each) => publishes(each, port));
      return holder && describeContainer(holder);
    };
    await requirePorts(specs, { host: host || DEFAULT_BIND_ADDRESS, holderOf, hint: PORT_HINT });
  }

  /**
   * Makes sure that what Compose does to a project by its name meets this checkout's containers only.
   *
   * @throws FleetError naming another checkout's container.
   */
  async requireOwnProject(mode: FleetMode): Promise<void> {
    const all = await engineContainers(this.#docker);
    const foreign = all.find((each) => each.project === composeProject(mode) && !this.#isOwn(each));
    if (foreign) throw new FleetError(`${describeContainer(foreign)} is left alone.\n${removalOf(foreign)}`);
  }

  #isOwn({ project, directory }: EngineContainer): boolean {
    const isOurs = Object.keys(composeFiles).some((mode) => project === composeProject(mode as FleetMode));
    return isOurs && directory === this.#root;
  }
}

/** How many each stage has: a second one has a container from the start of its fleet to its end. */
function balancersAmong(containers: readonly EngineContainer[]): FleetShape['balancers'] {
  const seconds = new Set(stages.map(({ balancers }) => balancers[1] && containerName(balancers[1].name)));
  return containers.some(({ name }) => seconds.has(name)) ? 2 : 1;
}

function removalOf({ name, project }: EngineContainer): string {
  const command = project ? `docker compose --project-name ${project} down` : `docker rm --force ${name}`;
  return `If it is yours to end: ${command}`;
}
