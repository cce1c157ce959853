import { networkUrls } from './compose-fleet.js';
import { memoryLimits, memoryOf } from './compose-memory.js';
import { COMPOSE_CLIENT, COMPOSE_NETWORK, COMPOSE_TWO_BALANCERS, containerName, imageName } from './compose-names.js';
import { type FleetMode, urlVariable } from './doors.js';
import type { ProcessSpec } from './fleet.js';
import { nextStage, type Stage } from './topology.js';

/** What the entries of a compose file are made from. */
export interface ComposeFleet {
  readonly mode: FleetMode;
  readonly table: readonly Stage[];
  /** All that there can be, those of profiles included. */
  readonly processes: readonly ProcessSpec[];
}

/** What the containers of one image share, as an anchor per image. */
export function imageEntries({ processes }: ComposeFleet): string {
  const entries = firstOfEachImage(processes).map(
    (process) => `x-${process.folder}: &${process.folder}
  <<: *process
  image: ${imageName(process.folder)}
  mem_limit: ${memoryOf(process)}m`,
  );
  return `# One image per folder, whatever the number of its containers.\n${entries.join('\n')}`;
}

/** An entry of `services:` for each process. The first of each image says how the image is built. */
export function processEntries(fleet: ComposeFleet): string[] {
  const builders = firstOfEachImage(fleet.processes);
  return fleet.processes.map((process) => processEntry(process, builders.includes(process), fleet));
}

function firstOfEachImage(processes: readonly ProcessSpec[]): ProcessSpec[] {
  return processes.filter(({ folder }, index) => processes.findIndex((other) => other.folder === folder) === index);
}

function processEntry(process: ProcessSpec, isBuilder: boolean, fleet: ComposeFleet): string {
  const { name, folder, port } = process;
  const build = `    build: { context: ., target: service, args: { SERVICE: ${folder} } }\n`;
  return `  ${name}:
    <<: *${folder}
${isAdditional(process) ? `    profiles: [${COMPOSE_TWO_BALANCERS}]\n` : ''}${isBuilder ? build : ''}    container_name: ${containerName(name)}
    hostname: ${name}
    environment:
      <<: *settings
${environment({ ...process.env, ...nextUrls(process, fleet) })}
    ports: ['\${BIND_ADDRESS:-127.0.0.1}:${port}:${port}']
`;
}

/** Whether a process runs with its profile only. */
export function isAdditional({ role, name, stage }: ProcessSpec): boolean {
  return role === 'balancer' && name !== stage.balancer;
}

function nextUrls({ role, stage }: ProcessSpec, { mode, table }: ComposeFleet): ProcessSpec['env'] {
  const next = role === 'service' ? nextStage(stage, table) : undefined;
  return next ? urlsOf(next, mode) : {};
}

/** A URL of a balancer that is not there would cost a failed look-up, so it is listed with the profile only. */
function urlsOf(stage: Stage, mode: FleetMode): ProcessSpec['env'] {
  const [first, ...others] = networkUrls(mode, stage, 2);
  const additional = others.map((url) => `,${url}`).join('');
  const ifProfile = additional ? `\${COMPOSE_PROFILES:+${additional}}` : '';
  return { [urlVariable(stage)]: `${first}${ifProfile}` };
}

function environment(env: ProcessSpec['env']): string {
  return Object.entries(env)
    .map(([key, value]) => `      ${key}: ${/^\d+$/.test(value) ? `'${value}'` : value}`)
    .join('\n');
}

/**
 * The service that commands are run in. It is the only one that waits for others, and `up` leaves it out. Its
 * directory for temporary files is in memory, and large enough for the text of `large-test`.
 */
export function clientEntry({ mode, table, processes }: ComposeFleet): string {
  const urls = Object.assign({}, ...table.map((stage) => urlsOf(stage, mode)));
  const conditions = processes.map((process) => {
    const required = isAdditional(process) ? ', required: false' : '';
    return `      ${process.name}: { condition: service_healthy${required} }`;
  });
  return `  # Commands run here: \`docker compose run --rm client …\`. It alone waits for others; \`up\` leaves it out.
  ${COMPOSE_CLIENT}:
    profiles: [${COMPOSE_CLIENT}]
    build: { context: ., target: client, args: { SERVICE: client, WORKSPACES: client } }
    image: ${imageName(COMPOSE_CLIENT)}
    mem_limit: ${memoryLimits.client}m
    read_only: true
    # In memory, and part of the limit: large-test writes its text there.
    tmpfs: /tmp:size=512m
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    pids_limit: 64
    networks: [${COMPOSE_NETWORK}]
    environment:
${environment(urls)}
    volumes: ['./datasets:/flotilla/datasets']
    depends_on:
${conditions.join('\n')}`;
}
