import { FleetError } from '../fleet/fleet-error.js';
import { type DockerCli, lastLines } from './docker-cli.js';

/** A container of the engine, of whatever project. */
export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  /** Its Compose project; '' for none. */
  readonly project: string;
  /** Where the compose file of its project lies; '' for none. */
  readonly directory: string;
  /** Whether `docker compose run` made it. */
  readonly oneOff: boolean;
  /** As Docker prints them: `127.0.0.1:8061->8061/tcp`. */
  readonly ports: string;
}

const LABEL = 'com.docker.compose';
const COLUMNS = [
  '{{.ID}}',
  '{{.Names}}',
  `{{.Label "${LABEL}.project"}}`,
  `{{.Label "${LABEL}.project.working_dir"}}`,
  `{{.Label "${LABEL}.oneoff"}}`,
  '{{.Ports}}',
];

/** All containers of the engine, running or not. @throws FleetError when the engine does not answer. */
export async function engineContainers(docker: DockerCli): Promise<EngineContainer[]> {
  const { ok, stdout, stderr } = await docker.ask('ps', '--all', '--no-trunc', '--format', COLUMNS.join('\t'));
  if (!ok) throw new FleetError(`Docker's engine does not answer: ${lastLines(stderr, 1)[0] ?? 'no reason given'}`);
  return lastLines(stdout, Number.POSITIVE_INFINITY).map((line) => {
    const [id = '', name = '', project = '', directory = '', oneOff = '', ports = ''] = line.split('\t');
    // A container that was run by hand from an image of ours has its labels, but no directory.
    return { id, name, project: directory && project, directory, oneOff: oneOff === 'True', ports };
  });
}

/** `container web (project shop in /home/me/shop)`. */
export function describeContainer({ name, project, directory }: EngineContainer): string {
  return `container ${name}${project ? ` (project ${project} in ${directory})` : ''}`;
}

/** Whether a container has a port of this machine: alone, or within a range as in `0.0.0.0:8000-8100->…`. */
export function publishes({ ports }: EngineContainer, port: number): boolean {
  return [...ports.matchAll(/:(\d+)(?:-(\d+))?->/g)].some(
    ([, first, last = first]) => port >= Number(first) && port <= Number(last),
  );
}

/** The address that a container's ports are published on, if it is one that `localhost` does not reach. */
export function addressOf({ ports }: EngineContainer): string | undefined {
  const address = /(?:^|, )(\d+\.\d+\.\d+\.\d+):\d+/.exec(ports)?.[1];
  return address === '0.0.0.0' || address === '127.0.0.1' ? undefined : address;
}
