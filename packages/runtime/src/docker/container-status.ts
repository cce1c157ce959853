import { containerName, everyProcess, type FleetDefinition } from '@flotilla/topology';
import type { ProcessRow } from '../fleet/status.js';
import type { DockerCli } from './docker-cli.js';

/** What of `docker container inspect` is used here. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
}

/** Looks at containers by their ids; those that are gone meanwhile are left out. */
export async function inspectContainers(docker: DockerCli, ids: readonly string[]): Promise<InspectedContainer[]> {
  if (ids.length === 0) return [];
  const { stdout } = await docker.ask('container', 'inspect', ...ids);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as InspectedContainer[]);
}

/** The processes of a fleet as their containers have them. A container that is not there counts as failed. */
export function rowsOf(definition: FleetDefinition, containers: readonly InspectedContainer[]): ProcessRow[] {
  const byName = new Map(containers.map((container) => [container.Name, container]));
  return everyProcess(definition).map(({ name, role, group, ports }) => {
    const known = { name, role, group, port: ports[0].number, memoryBytes: null };
    const container = byName.get(`/${containerName(definition, name)}`);
    return { ...known, ...(container ? stateOf(container) : MISSING) };
  });
}

const MISSING = {
  state: 'failed',
  health: '-',
  pid: null,
  startedAt: null,
  restarts: 0,
  reason: 'lost its container',
} as const;

function stateOf({ State, RestartCount }: InspectedContainer) {
  const runs = State.Status === 'running';
  return {
    state: wordFor(State),
    health: (runs && State.Health?.Status) || '-',
    pid: runs ? State.Pid : null,
    startedAt: runs ? State.StartedAt : null,
    restarts: RestartCount,
    reason: reasonOf(State),
  };
}

function wordFor({ Status, Health }: InspectedContainer['State']): ProcessRow['state'] {
  if (Status === 'running') return HEALTH_WORDS[Health?.Status ?? 'none'] ?? 'starting';
  return STATUS_WORDS[Status];
}

const HEALTH_WORDS: Readonly<Record<string, ProcessRow['state']>> = {
  none: 'ready',
  healthy: 'ready',
  starting: 'starting',
  unhealthy: 'unready',
};

/** The restart policy brings back whatever was not stopped by hand. */
const STATUS_WORDS: Readonly<Record<Exclude<InspectedContainer['State']['Status'], 'running'>, ProcessRow['state']>> = {
  created: 'stopped',
  exited: 'stopped',
  paused: 'unready',
  restarting: 'restarting',
  removing: 'stopping',
  dead: 'failed',
};

/** A stop by hand is no reason; while a container runs, Docker has forgotten how it ended before. */
function reasonOf({ Status, ExitCode, OOMKilled }: InspectedContainer['State']): string | null {
  if (OOMKilled) return 'ended because it took more memory than its limit';
  return Status === 'restarting' || Status === 'dead' ? `exited with code ${ExitCode}` : null;
}
