import { healthTest, USUAL_CHECK } from './compose-health.js';
import { gibibytes, totalMemory } from './compose-memory.js';
import { clientEntry, imageEntries, processEntries } from './compose-services.js';
import { everyProcess, type FleetDefinition, type ProcessSpec } from './model.js';
import { processNamed } from './resolve-value.js';

/** What a compose file is made from beside the fleet. */
export interface ComposeOptions {
  /** Environment variables of the caller that every process gets, if they are set. */
  readonly passedOn: readonly string[];
  /** Time between SIGTERM and SIGKILL, in s: longer than a process takes to end its requests. */
  readonly stopGraceSeconds: number;
}

/**
 * The compose file of a fleet, as text.
 *
 * @param definition - with all that its options can add; what a profile has runs with it only.
 */
export function composeFile(definition: FleetDefinition, { passedOn, stopGraceSeconds }: ComposeOptions): string {
  const { network, guide } = definition;
  const client = guide.clientExample === undefined ? [] : [clientEntry(definition)];
  const blocks = [
    head(definition),
    common(definition, stopGraceSeconds),
    settings(passedOn),
    imageEntries(definition),
    `services:\n${[...processEntries(definition), ...client].join('\n').trimEnd()}`,
    `networks:\n  ${network.name}:\n    name: ${network.name}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function head(definition: FleetDefinition): string {
  const { network, guide } = definition;
  const compose = `docker compose -f ${network.composeFile}`;
  const client = guide.clientExample === undefined ? '' : `#   ${compose} run --rm client ${guide.clientExample}\n`;
  const always = everyProcess(definition).filter(({ profile }) => !profile);
  const called = definition.entryPoints.map(({ process }) => processNamed(definition, process));
  const ports = called.filter(({ profile }) => !profile).map((process) => process.ports[0].number);
  return `# Generated from the topology by \`make compose\`. Change the source, not this file.
#
# ${parts(always)}; requests go to ${range(ports)}.
# Memory limits of all of them together: ${gibibytes(totalMemory(always))}. They are limits; docs/docker.md tells what is used.
${additionalHead(definition)}#
#   ${compose} up --build -d --wait
${client}#   ${compose} down
name: ${network.project}`;
}

/** `16 service instances and 4 balancers`. */
function parts(processes: readonly ProcessSpec[]): string {
  const [services = [], balancers = [], dependencies = []] = (['service', 'balancer', 'dependency'] as const).map(
    (role) => processes.filter((process) => process.role === role),
  );
  const ours = counted(services.length, 'service instance');
  const all = balancers.length > 0 ? `${ours} and ${counted(balancers.length, 'balancer')}` : `${ours}, no balancer`;
  return dependencies.length === 0 ? all : `${all}, with ${dependencies.map(({ name }) => name).join(', ')}`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function additionalHead(definition: FleetDefinition): string {
  const all = everyProcess(definition);
  const additional = all.filter(({ profile }) => profile);
  const [first] = additional;
  if (!first) return '';
  const ports = range(additional.map((process) => process.ports[0].number));
  return `# COMPOSE_PROFILES=${first.profile}, for each of these commands, adds ${counted(additional.length, first.role)} on ${ports}, whom all callers then
# know as well: ${gibibytes(totalMemory(all))} together.
`;
}

/** \`8061-8064\`. */
function range(ports: readonly number[]): string {
  const [first, last] = [Math.min(...ports), Math.max(...ports)];
  return first === last ? String(first) : `${first}-${last}`;
}

function common(definition: FleetDefinition, stopGraceSeconds: number): string {
  const { network, dependencies } = definition;
  const hasOtherChecks = everyProcess(definition).some((process) => healthTest(process, definition) !== undefined);
  const own = `# What every process has. None waits for another: balancers and services look for each other with every request.
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
  networks: [${network.name}]
  # No DNS server is asked for names that the network does not have. A stopped container's name would else be looked for
  # outside, and block for seconds where no name server answers.
  dns: 127.0.0.1
  logging:
    driver: json-file
    options: { max-size: 32m, max-file: '2' }
  healthcheck:${hasOtherChecks ? ' &health' : ''}
    test:
      - CMD
      - bash
      - -c
      - '${USUAL_CHECK}'
    # Often until it is ready; then rarely, since each check is a process.
    start_period: 60s
    start_interval: 1s
    interval: 30s
    timeout: 3s
    retries: 3`;
  return dependencies.length > 0 ? `${own}\n\n${forDependencies(network.name, stopGraceSeconds)}` : own;
}

function forDependencies(network: string, stopGraceSeconds: number): string {
  return `# What is not ours has. Its data outlive its container.
x-dependency: &dependency
  restart: unless-stopped
  stop_grace_period: ${stopGraceSeconds}s
  security_opt: ['no-new-privileges:true']
  networks: [${network}]
  logging:
    driver: json-file
    options: { max-size: 32m, max-file: '2' }`;
}

function settings(passedOn: readonly string[]): string {
  return `# Settings of the caller are passed on; those not set are not passed. docs/configuration.md tells what they do.
x-settings: &settings
  BIND_HOST: 0.0.0.0
${passedOn.map((name) => `  ${name}:`).join('\n')}`;
}

export { COMPOSE_CLIENT, imageName } from './compose-names.js';
