import { stageUrl } from './compose-fleet.js';
import { memoryLimits, memoryOf } from './compose-memory.js';
import { COMPOSE_CLIENT, COMPOSE_NETWORK, containerName, imageName } from './compose-names.js';
import { type FleetMode, type ProcessSpec, urlVariable } from './fleet.js';
import type { Stage } from './topology.js';

/** What the containers of one image share, as an anchor per image. */
export function imageEntries(processes: readonly ProcessSpec[]): string {
  const entries = firstOfEachImage(processes).map(
    (process) => `x-${process.folder}: &${process.folder}
  <<: *process
  image: ${imageName(process.folder)}
  mem_limit: ${memoryOf(process)}m`,
  );
  return `# One image per folder, whatever the number of its containers.\n${entries.join('\n')}`;
}

/** An entry of `services:` for each process. The first of each image says how the image is built. */
export function processEntries(processes: readonly ProcessSpec[]): string[] {
  const builders = firstOfEachImage(processes);
  return processes.map((process) => processEntry(process, builders.includes(process)));
}

function firstOfEachImage(processes: readonly ProcessSpec[]): ProcessSpec[] {
  return processes.filter(({ folder }, index) => processes.findIndex((other) => other.folder === folder) === index);
}

function processEntry({ name, folder, port, env }: ProcessSpec, isBuilder: boolean): string {
  const build = `    build: { context: ., target: service, args: { SERVICE: ${folder} } }\n`;
  return `  ${name}:
    <<: *${folder}
${isBuilder ? build : ''}    container_name: ${containerName(name)}
    hostname: ${name}
    environment:
      <<: *settings
${environment(env)}
    ports: ['\${BIND_ADDRESS:-127.0.0.1}:${port}:${port}']
`;
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
export function clientEntry(mode: FleetMode, table: readonly Stage[], processes: readonly ProcessSpec[]): string {
  const urls = Object.fromEntries(table.map((stage) => [urlVariable(stage), stageUrl(mode, stage)]));
  const conditions = processes.map(({ name }) => `      ${name}: { condition: service_healthy }`);
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
