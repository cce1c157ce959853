import { composeFleet } from './compose-fleet.js';
import { gibibytes, totalMemory } from './compose-memory.js';
import { COMPOSE_NETWORK, COMPOSE_TWO_BALANCERS, composeFiles, composeProject } from './compose-names.js';
import { type ComposeFleet, clientEntry, imageEntries, isAdditional, processEntries } from './compose-services.js';
import type { FleetMode } from './doors.js';
import type { ProcessSpec } from './fleet.js';
import { type Stage, stages } from './topology.js';

/** What a compose file is made from beside the topology. */
export interface ComposeOptions {
  /** Environment variables of the caller that every process gets, if they are set. */
  readonly passedOn: readonly string[];
  /** Time between SIGTERM and SIGKILL, in s: longer than a process takes to end its requests. */
  readonly stopGraceSeconds: number;
  readonly table?: readonly Stage[];
}

/** The compose file of a fleet, as text. Whoever has another table of stages gets the file of that fleet. */
export function composeFile(mode: FleetMode, options: ComposeOptions): string {
  const { table = stages, passedOn, stopGraceSeconds } = options;
  const fleet = { mode, table, processes: composeFleet(mode, { table, balancers: 2 }) };
  const blocks = [
    head(fleet),
    common(stopGraceSeconds),
    settings(passedOn),
    imageEntries(fleet),
    `services:\n${[...processEntries(fleet), clientEntry(fleet)].join('\n')}`,
    `networks:\n  ${COMPOSE_NETWORK}:\n    name: ${COMPOSE_NETWORK}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function head(fleet: ComposeFleet): string {
  const { mode, table, processes } = fleet;
  const always = processes.filter((process) => !isAdditional(process));
  const balancers = always.filter(({ role }) => role === 'balancer').length;
  const services = `${always.length - balancers} service instances`;
  return `# Generated from the topology by \`make compose\`. Change the source, not this file.
#
# ${balancers ? `${services} and ${balancers} balancers` : `${services}, no balancer`}; requests go to ${range(table.map(({ port }) => port))}.
# Memory limits of all of them together: ${gibibytes(totalMemory(always))}. They are limits; docs/docker.md tells what is used.
${additionalHead(processes)}#
#   docker compose -f ${composeFiles[mode]} up --build -d --wait
#   docker compose -f ${composeFiles[mode]} run --rm client process sample.txt --parallel 4
#   docker compose -f ${composeFiles[mode]} down
name: ${composeProject(mode)}`;
}

function additionalHead(processes: readonly ProcessSpec[]): string {
  const additional = processes.filter(isAdditional);
  if (additional.length === 0) return '';
  const ports = range(additional.map(({ port }) => port));
  return `# COMPOSE_PROFILES=${COMPOSE_TWO_BALANCERS}, for each of these commands, adds ${additional.length} balancers on ${ports}, whom all callers then
# know as well: ${gibibytes(totalMemory(processes))} together.
`;
}

/** \`8061-8064\`. */
function range(ports: readonly number[]): string {
  return `${Math.min(...ports)}-${Math.max(...ports)}`;
}

/** bash speaks enough HTTP for this. Twenty Node processes, or curl in every image, would cost more than they tell. */
const HEALTH_CHECK = [
  'exec 3<>"/dev/tcp/127.0.0.1/$$SERVICE_PORT"',
  String.raw`printf "GET /health/ready HTTP/1.0\r\n\r\n" >&3`,
  'read -r -t 2 _ status _ <&3',
  '[ "$$status" = 200 ]',
].join(' && ');

function common(stopGraceSeconds: number): string {
  return `# What every process has. None waits for another: balancers and services look for each other with every request.
x-process: &process
  restart: unless-stopped
  # Longer than FLOTILLA_DRAIN_DELAY_MS and FLOTILLA_SHUTDOWN_GRACE_MS together: requests in flight end before the
  # process does.
  stop_grace_period: ${stopGraceSeconds}s
  read_only: true
  tmpfs: /tmp:size=16m
  cap_drop: [ALL]
  security_opt: ['no-new-privileges:true']
  pids_limit: 64
  networks: [${COMPOSE_NETWORK}]
  # Nobody is asked for names that the network does not have. A stopped container's name would else be looked for
  # outside, and block for seconds where no name server answers.
  dns: 127.0.0.1
  logging:
    driver: json-file
    options: { max-size: 32m, max-file: '2' }
  healthcheck:
    test:
      - CMD
      - bash
      - -c
      - '${HEALTH_CHECK}'
    # Often until it is ready; then rarely, since each check is a process.
    start_period: 60s
    start_interval: 1s
    interval: 30s
    timeout: 3s
    retries: 3`;
}

function settings(passedOn: readonly string[]): string {
  return `# Settings of the caller are passed on; those not set are not passed. docs/configuration.md tells what they do.
x-settings: &settings
  BIND_HOST: 0.0.0.0
${passedOn.map((name) => `  ${name}:`).join('\n')}`;
}

export { composeFleet } from './compose-fleet.js';
export {
  COMPOSE_CLIENT,
  COMPOSE_NETWORK,
  COMPOSE_TWO_BALANCERS,
  composeFiles,
  composeProject,
  containerName,
  imageName,
} from './compose-names.js';
export type { FleetMode } from './doors.js';
