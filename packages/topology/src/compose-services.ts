import { healthTest, list } from './compose-health.js';
import { CLIENT_MIB } from './compose-memory.js';
import { COMPOSE_CLIENT, imageName } from './compose-names.js';
import { entryPointReferences } from './entry-points.js';
import {
  type CommandProgram,
  containerName,
  everyProcess,
  type FleetDefinition,
  type ProcessSpec,
  type Value,
} from './model.js';
import { networkPlacement, type Placement } from './placement.js';
import { endpoints, resolved } from './resolve-value.js';

/** A URL of a process that is not there would cost a failed look-up, so it is listed with the profile only. */
const composePlacement: Placement = {
  ...networkPlacement,
  joined: ({ profile }, text, index) => {
    if (index === 0) return text;
    return profile ? `\${COMPOSE_PROFILES:+,${text}}` : `,${text}`;
  },
};

/** What the containers of one image share, as an anchor per image. */
export function imageEntries(definition: FleetDefinition): string {
  const entries = firstOfEachImage(definition).map(([folder, { memoryMiB }]) =>
    [`x-${folder}: &${folder}`, '  <<: *process', `  image: ${imageName(folder)}`, `  mem_limit: ${memoryMiB}m`].join(
      '\n',
    ),
  );
  return `# One image per folder, whatever the number of its containers.\n${entries.join('\n')}`;
}

/** By the folder of each program of ours, the first process that runs it: its entry says how the image is built. */
function firstOfEachImage({ processes }: FleetDefinition): [string, ProcessSpec][] {
  const byFolder = new Map<string, ProcessSpec>();
  for (const process of processes) {
    const { program } = process;
    if (program.kind === 'node' && !byFolder.has(program.folder)) byFolder.set(program.folder, process);
  }
  return [...byFolder];
}

/** An entry of `services:` for each process. */
export function processEntries(definition: FleetDefinition): string[] {
  const builders = firstOfEachImage(definition).map(([, process]) => process);
  return everyProcess(definition).map((process) => {
    const { program } = process;
    return program.kind === 'node'
      ? nodeEntry(process, program.folder, builders.includes(process), definition)
      : commandEntry(process, program, definition);
  });
}

function nodeEntry(process: ProcessSpec, folder: string, isBuilder: boolean, definition: FleetDefinition): string {
  const build = `    build: { context: ., target: service, args: { SERVICE: ${folder} } }\n`;
  const test = healthTest(process, definition);
  return `  ${process.name}:
    <<: *${folder}
${profileLine(process)}${isBuilder ? build : ''}${namesOf(process, definition)}
    environment:
      <<: *settings
${environment(process, definition)}
${dependsOnLines(process)}${test ? `    healthcheck: { <<: *health, test: ${test} }\n` : ''}${portsLine(process)}
`;
}

/** What is not ours comes from its image as it is: with its own user, and writing where it keeps its data. */
function commandEntry(process: ProcessSpec, program: CommandProgram, definition: FleetDefinition): string {
  const { image, keepsData, stopSignal } = program;
  const command = image.command?.map((value) => resolved(value, process, definition, composePlacement));
  const volume = `\${FLOTILLA_DATA_DIR:-./data}/${definition.fleet}/${process.name}:${image.dataPath ?? '/data'}`;
  const variables = environment(process, definition);
  return `  ${process.name}:
    <<: *dependency
${profileLine(process)}    image: ${image.name}
${command ? `    command: ${list(command)}\n` : ''}    mem_limit: ${process.memoryMiB}m
    stop_signal: ${stopSignal}
${namesOf(process, definition)}
${variables ? `    environment:\n${variables}\n` : ''}${keepsData ? `    volumes: ['${volume}']\n` : ''}${dependsOnLines(process)}    healthcheck: { <<: *health, test: ${healthTest(process, definition)} }
${portsLine(process)}
`;
}

function profileLine({ profile }: ProcessSpec): string {
  return profile ? `    profiles: [${profile}]\n` : '';
}

function namesOf({ name }: ProcessSpec, definition: FleetDefinition): string {
  return `    container_name: ${containerName(definition, name)}\n    hostname: ${name}`;
}

function portsLine({ ports }: ProcessSpec): string {
  const published = ports.map(({ number }) => `'\${BIND_ADDRESS:-127.0.0.1}:${number}:${number}'`);
  return `    ports: [${published.join(', ')}]`;
}

function dependsOnLines({ dependsOn }: ProcessSpec): string {
  const awaited = dependsOn.filter(({ condition }) => condition === 'ready');
  if (awaited.length === 0) return '';
  const conditions = awaited.map(({ name }) => `      ${name}: { condition: service_healthy }`);
  return `    depends_on:\n${conditions.join('\n')}\n`;
}

function environment(process: ProcessSpec, definition: FleetDefinition): string {
  const { passedOn } = definition;
  const own = Object.entries(process.environment).map(([key, value]) =>
    variable(key, textOf(value, process, definition)),
  );
  const passed = process.program.kind === 'node' ? passedOn.filter((key) => !(key in process.environment)) : [];
  return [...own, ...passed.map((key) => `      ${key}:`)].join('\n');
}

function textOf(value: Value, process: ProcessSpec, definition: FleetDefinition): string {
  return resolved(value, process, definition, composePlacement);
}

/** Numbers would be numbers in YAML, and some signs mean something there; an environment has texts. */
function variable(key: string, value: string): string {
  if (/^\d+$/.test(value)) return `      ${key}: '${value}'`;
  const isPlain = /^[A-Za-z][\w./:,@${}+-]*$/.test(value) && !value.endsWith(':');
  return `      ${key}: ${isPlain ? value : JSON.stringify(value)}`;
}

/**
 * The service that commands are run in. It is the only one that waits for all others, and `up` leaves it out. Its
 * directory for temporary files is in memory, and large enough for the text of `large-test`.
 */
export function clientEntry(definition: FleetDefinition): string {
  const urls = Object.entries(entryPointReferences(definition)).map(([key, reference]) =>
    variable(key, endpoints(reference, definition, composePlacement)),
  );
  const conditions = everyProcess(definition).map(({ name, profile }) => {
    const required = profile ? ', required: false' : '';
    return `      ${name}: { condition: service_healthy${required} }`;
  });
  return `  # Commands run here: \`docker compose run --rm client …\`. It alone waits for others; \`up\` leaves it out.
  ${COMPOSE_CLIENT}:
    profiles: [${COMPOSE_CLIENT}]
    build: { context: ., target: client, args: { SERVICE: client, WORKSPACES: client } }
    image: ${imageName(COMPOSE_CLIENT)}
    mem_limit: ${CLIENT_MIB}m
    read_only: true
    # In memory, and part of the limit: large-test writes its text there.
    tmpfs: /tmp:size=512m
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    pids_limit: 64
    networks: [${definition.network.name}]
    environment:
${urls.join('\n')}
    volumes: ['./datasets:/flotilla/datasets']
    depends_on:
${conditions.join('\n')}`;
}
