import { join } from 'node:path';
import {
  addressesOf,
  type Fleet,
  type FleetOption,
  membersOf,
  type ProcessSpec,
  urlsOf,
  withDefaults,
} from '@flotilla/topology';

const PROGRAMS = join(import.meta.dirname, 'programs');

/** The folders of its programs, and the files that they are made of. */
export const programs: Readonly<Record<string, string>> = {
  greeter: join(PROGRAMS, 'greeter.cjs'),
  counter: join(PROGRAMS, 'counter.cjs'),
  'greeter-balancer': join(PROGRAMS, 'greeter-balancer.cjs'),
};

const greetersOption: FleetOption = {
  name: 'greeters',
  variable: 'GREETERS',
  values: [1, 2, 3],
  default: 2,
  purpose: 'of the greetings fleet',
  describe: (value) => (value === 1 ? '1 greeter' : `${value} greeters`),
};

const READY = { kind: 'http', path: '/health/ready' } as const;

function greeterProcess(name: string, port: number): ProcessSpec {
  return {
    name,
    program: { kind: 'node', folder: 'greeter' },
    group: 'greeter',
    role: 'service',
    ports: [{ name: 'http', number: port }],
    environment: { GREETER_PORT: { kind: 'port' }, GREETER_NAME: name, COUNTER_URL: urlsOf(['counter-a']) },
    memoryMiB: 64,
    readiness: READY,
    dependsOn: [{ name: 'counter-a', condition: 'started' }],
    ...(name === 'greeter-c' ? { profile: 'third-greeter' } : {}),
  };
}

const counterProcess: ProcessSpec = {
  name: 'counter-a',
  program: { kind: 'node', folder: 'counter' },
  group: 'counter',
  role: 'service',
  ports: [{ name: 'http', number: 8204 }],
  environment: { COUNTER_PORT: { kind: 'port' }, STORE_ADDRESS: addressesOf(['greeting-store']) },
  memoryMiB: 64,
  readiness: READY,
  dependsOn: [{ name: 'greeting-store', condition: 'ready' }],
};

/** Its port is far from those of the block that an offset moves fleets into. */
const storeProcess: ProcessSpec = {
  name: 'greeting-store',
  program: {
    kind: 'command',
    command: process.execPath,
    args: [join(PROGRAMS, 'store.cjs'), { kind: 'port' }, { kind: 'data' }],
    stopSignal: 'SIGTERM',
    keepsData: true,
    image: { name: 'example/store:1', command: ['store', { kind: 'port' }, { kind: 'data' }], dataPath: '/var/store' },
  },
  group: 'greeting-store',
  role: 'dependency',
  ports: [{ name: 'tcp', number: 60_123 }],
  environment: {},
  memoryMiB: 128,
  readiness: { kind: 'tcp' },
  dependsOn: [],
};

/** A fleet that only tests know: two programs and a balancer of ours, and a store that is not. */
export const greetings: Fleet = {
  name: 'greetings',
  modes: ['greetings'],
  options: [greetersOption],
  define: ({ options: chosen } = {}) => {
    const options = withDefaults(greetings, chosen);
    const greeters = ['greeter-a', 'greeter-b', 'greeter-c'].slice(0, options.greeters);
    const balancer: ProcessSpec = {
      name: 'greeter-balancer',
      program: { kind: 'node', folder: 'greeter-balancer' },
      group: 'greeter',
      role: 'balancer',
      ports: [{ name: 'http', number: 8200 }],
      environment: { BALANCER_PORT: { kind: 'port' }, GREETERS: membersOf(greeters) },
      memoryMiB: 64,
      readiness: READY,
      dependsOn: greeters.map((name) => ({ name, condition: 'started' })),
    };
    return {
      fleet: 'greetings',
      name: 'greetings',
      options,
      processes: [balancer, ...greeters.map((name, index) => greeterProcess(name, 8201 + index)), counterProcess],
      dependencies: [storeProcess],
      entryPoints: [
        {
          label: 'greet',
          process: 'greeter-balancer',
          variable: 'GREETINGS_URL',
          request: 'GET /greet',
          behind: greeters,
        },
      ],
      network: {
        name: 'greetings-network',
        project: 'flotilla-greetings',
        composeFile: 'docker-compose-greetings.yml',
        containerPrefix: 'greetings-',
      },
      guide: {
        commands: { up: 'make up-greetings', down: 'make down-greetings', restart: 'make restart FLEET=greetings' },
        columns: { label: 'WORK', behind: 'GREETERS' },
        examples: [['curl ', addressesOf(['greeter-balancer']), '/greet']],
      },
      passedOn: ['GREETING_WORD'],
    };
  },
};
