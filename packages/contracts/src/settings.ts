import type { z } from 'zod';
import { httpUrl, instanceList, integer, oneOf, text } from './setting-types.js';

/** Which kinds of process read a setting. A fleet hands all of them to every process; each takes its own. */
export type SettingUser = 'service' | 'balancer' | 'runtime';

/** One environment variable: its type, its default, and why it is what it is. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly env: string;
  readonly schema: Schema;
  /** As it would stand in the environment. Undefined: it has no default that fits every process. */
  readonly default: string | undefined;
  readonly unit: string;
  readonly purpose: string;
  readonly users: readonly SettingUser[];
}

function setting<Schema extends z.ZodType>(
  env: string,
  schema: Schema,
  fallback: string | undefined,
  unit: string,
  users: readonly SettingUser[],
  purpose: string,
): Setting<Schema> {
  return { env, schema, default: fallback, unit, users, purpose };
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Longest time that a timer of Node can hold: 2^31 - 1 ms, about 24 days. */
const MAX_TIMER_MS = 2_147_483_647;

const milliseconds = integer(1, MAX_TIMER_MS);
/** Of what may also be off. */
const millisecondsOrOff = integer(0, MAX_TIMER_MS);
const percent = integer(0, 100);
const bytes = integer(1, 64 * GIB);
const both = ['service', 'balancer'] as const;
/** Of the balancer's core, for an edge that does not read them yet. Setting one is an error until it does. */
const notYet = [] as const;

/**
 * Every environment variable that a process of the fleet reads. `docs/configuration.md` is generated from it. A
 * variable that begins with `FLOTILLA_` and is not here stops the process.
 */
export const settings = {
  servicePort: setting(
    'SERVICE_PORT',
    integer(1, 65_535),
    undefined,
    'port',
    both,
    'Where the process listens. Its default is its port in the topology: a service alone stands on its stage’s port.',
  ),
  bindHost: setting(
    'BIND_HOST',
    text(1, 255),
    '127.0.0.1',
    'address',
    both,
    'The address it listens on. Only this machine can call it unless this says otherwise; 0.0.0.0 in containers.',
  ),
  instanceId: setting(
    'INSTANCE_ID',
    text(1, 32, /^[A-Za-z0-9._-]+$/, 'letters, digits, dot, underscore or hyphen'),
    'a',
    'name',
    ['service'],
    'Which instance of its service this is: service1 + a makes service1a in logs, metrics and x-served-by.',
  ),
  service2Url: setting(
    'SERVICE2_URL',
    httpUrl,
    undefined,
    'URL',
    ['service'],
    'Where service 1 finds stage 2; several, separated by commas, are tried in turn.',
  ),
  service3Url: setting(
    'SERVICE3_URL',
    httpUrl,
    undefined,
    'URL',
    ['service'],
    'Where service 2 finds stage 3; several, separated by commas, are tried in turn.',
  ),
  service4Url: setting(
    'SERVICE4_URL',
    httpUrl,
    undefined,
    'URL',
    ['service'],
    'Where service 3 finds stage 4; several, separated by commas, are tried in turn.',
  ),
  service1Instances: setting(
    'SERVICE1_INSTANCES',
    instanceList,
    undefined,
    'list',
    ['balancer'],
    'The instances behind stage 1’s balancer: name:port, or name:port=host:port where the name is not what one dials.',
  ),
  service2Instances: setting(
    'SERVICE2_INSTANCES',
    instanceList,
    undefined,
    'list',
    ['balancer'],
    'The instances behind stage 2’s balancer.',
  ),
  service3Instances: setting(
    'SERVICE3_INSTANCES',
    instanceList,
    undefined,
    'list',
    ['balancer'],
    'The instances behind stage 3’s balancer.',
  ),
  service4Instances: setting(
    'SERVICE4_INSTANCES',
    instanceList,
    undefined,
    'list',
    ['balancer'],
    'The instances behind stage 4’s balancer.',
  ),
  logLevel: setting(
    'FLOTILLA_LOG_LEVEL',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'level',
    both,
    'info is one line per request.',
  ),
  maxBodyBytes: setting(
    'FLOTILLA_MAX_BODY_BYTES',
    bytes,
    String(100 * MIB),
    'bytes',
    both,
    'Largest body at the door: /process, at service 1 and its balancer.',
  ),
  maxInnerBodyBytes: setting(
    'FLOTILLA_MAX_INNER_BODY_BYTES',
    bytes,
    String(400 * MIB),
    'bytes',
    both,
    'Largest body of stages 2 to 4. Lower-casing can lengthen a text 1.5 times, and a table of short words that are all different is up to three times its text.',
  ),
  maxWordBytes: setting(
    'FLOTILLA_MAX_WORD_BYTES',
    integer(1, 64 * MIB),
    String(MIB),
    'bytes',
    ['service'],
    'Longest word, in UTF-8. A longer one is no word of a language, and would be held in memory whole.',
  ),
  maxUniqueWords: setting(
    'FLOTILLA_MAX_UNIQUE_WORDS',
    integer(1, 33_000_000),
    '20000000',
    'words',
    ['service'],
    'Most different words of one text: what bounds the memory of a count, at about 40 bytes a word and the word.',
  ),
  maxHeaderBytes: setting(
    'FLOTILLA_MAX_HEADER_BYTES',
    integer(1024, MIB),
    String(16 * 1024),
    'bytes',
    both,
    'All headers of a request together. Node’s own default.',
  ),
  maxHeaders: setting(
    'FLOTILLA_MAX_HEADERS',
    integer(1, 2000),
    '100',
    'headers',
    both,
    'Headers of a request. The limit of Apache and Envoy; Node alone would drop what is beyond its own, silently.',
  ),
  headersTimeoutMs: setting(
    'FLOTILLA_HEADERS_TIMEOUT_MS',
    milliseconds,
    '10000',
    'ms',
    both,
    'Time for a request’s headers to arrive. Against clients that send them a byte at a time.',
  ),
  requestTimeoutMs: setting(
    'FLOTILLA_REQUEST_TIMEOUT_MS',
    milliseconds,
    '300000',
    'ms',
    both,
    'Time for a whole request, from its first byte to the end of its answer, all tries included.',
  ),
  tryTimeoutMs: setting(
    'FLOTILLA_TRY_TIMEOUT_MS',
    milliseconds,
    '300000',
    'ms',
    both,
    'Time for one try to begin its answer, counted from when the instance took the last piece of the body that there was; then the next instance is tried.',
  ),
  connectTimeoutMs: setting(
    'FLOTILLA_CONNECT_TIMEOUT_MS',
    milliseconds,
    '1000',
    'ms',
    both,
    'Time to open a connection to an instance, name resolution included. Next to us on a network it takes one.',
  ),
  keepAliveMs: setting(
    'FLOTILLA_KEEP_ALIVE_MS',
    milliseconds,
    '72000',
    'ms',
    both,
    'How long a connection of a caller is kept open while idle. Longer than FLOTILLA_UPSTREAM_IDLE_MS, so that the side that sends next is the side that closes.',
  ),
  upstreamIdleMs: setting(
    'FLOTILLA_UPSTREAM_IDLE_MS',
    milliseconds,
    '30000',
    'ms',
    both,
    'How long a connection to the next hop is kept while idle. Shorter than FLOTILLA_KEEP_ALIVE_MS.',
  ),
  maxConnections: setting(
    'FLOTILLA_MAX_CONNECTIONS',
    integer(1, 65_535),
    '1024',
    'connections',
    both,
    'Connections to one instance; beyond it requests wait for one. The default of Envoy.',
  ),
  strategy: setting(
    'FLOTILLA_STRATEGY',
    oneOf('round_robin', 'weighted_round_robin', 'least_connections', 'random', 'p2c_ewma', 'consistent_hash'),
    'round_robin',
    'name',
    both,
    'How an instance is chosen. Round robin is exactly even, and its figures are easy to follow; p2c_ewma (the lower latency of two at random) suits instances of different speed.',
  ),
  healthIntervalMs: setting(
    'FLOTILLA_HEALTH_INTERVAL_MS',
    millisecondsOrOff,
    '1000',
    'ms',
    notYet,
    'Time between two health checks of an instance, give or take a tenth. A hung instance is noticed within FLOTILLA_HEALTH_FALL of them. 0: no checks.',
  ),
  healthTimeoutMs: setting(
    'FLOTILLA_HEALTH_TIMEOUT_MS',
    milliseconds,
    '1000',
    'ms',
    notYet,
    'Time for a health check to be answered. Services keep their event loop free in slices of 50 ms, so that a busy one answers in time.',
  ),
  healthFall: setting(
    'FLOTILLA_HEALTH_FALL',
    integer(1, 100),
    '2',
    'checks',
    notYet,
    'Failed checks in a row that make an instance unhealthy. One may be an accident.',
  ),
  healthRise: setting(
    'FLOTILLA_HEALTH_RISE',
    integer(1, 100),
    '2',
    'checks',
    notYet,
    'Good checks in a row that make it healthy again. One may be an accident.',
  ),
  ejectFailures: setting(
    'FLOTILLA_EJECT_FAILURES',
    integer(0, 1_000_000),
    '5',
    'tries',
    notYet,
    'Failed tries in a row for which an instance is ejected. The default of Envoy. 0: never for that.',
  ),
  ejectIntervalMs: setting(
    'FLOTILLA_EJECT_INTERVAL_MS',
    integer(1000, MAX_TIMER_MS),
    '10000',
    'ms',
    notYet,
    'How often success rates are compared. The default of Envoy.',
  ),
  ejectMinPeers: setting(
    'FLOTILLA_EJECT_MIN_PEERS',
    integer(3, 10_000),
    '5',
    'instances',
    notYet,
    'Instances with enough tries in the interval that make a comparison of success rates mean something.',
  ),
  ejectMinTries: setting(
    'FLOTILLA_EJECT_MIN_TRIES',
    integer(1, 1_000_000),
    '100',
    'tries',
    notYet,
    'Tries in the interval that are enough for that.',
  ),
  ejectDeviationsPermille: setting(
    'FLOTILLA_EJECT_DEVIATIONS_PERMILLE',
    integer(0, 100_000),
    '1900',
    '1/1000',
    notYet,
    'Thousandths of a standard deviation below the mean success rate at which an instance is ejected. The default of Envoy. 0: never for that.',
  ),
  ejectLatencyFactor: setting(
    'FLOTILLA_EJECT_LATENCY_FACTOR',
    integer(0, 100_000),
    '10',
    'times',
    notYet,
    'An instance whose mean latency is more than so many times the median of its peers’ is ejected. 0: never for that.',
  ),
  ejectLatencyFloorMs: setting(
    'FLOTILLA_EJECT_LATENCY_FLOOR_MS',
    millisecondsOrOff,
    '100',
    'ms',
    notYet,
    'No latency up to this is held against an instance: ten times very little is little. 0: any may be.',
  ),
  ejectMs: setting(
    'FLOTILLA_EJECT_MS',
    milliseconds,
    '30000',
    'ms',
    notYet,
    'Time of a first ejection; the second in a row lasts twice as long, and so on. The default of Envoy.',
  ),
  ejectMaxMs: setting(
    'FLOTILLA_EJECT_MAX_MS',
    milliseconds,
    '300000',
    'ms',
    notYet,
    'Longest ejection. The default of Envoy.',
  ),
  ejectMaxPercent: setting(
    'FLOTILLA_EJECT_MAX_PERCENT',
    percent,
    '50',
    '%',
    notYet,
    'Part of the instances that may be ejected at once; the rest would not bear the load. 0: none ever is.',
  ),
  panicPercent: setting(
    'FLOTILLA_PANIC_PERCENT',
    percent,
    '50',
    '%',
    notYet,
    'When fewer than this are neither unhealthy nor ejected, all are used: so many at once are more likely a fault of the checks, and the few that are left would not bear the load. The default of Envoy. 0: never.',
  ),
  slowStartMs: setting(
    'FLOTILLA_SLOW_START_MS',
    millisecondsOrOff,
    '10000',
    'ms',
    notYet,
    'Time in which an instance that has just come or come back gets from a tenth to all of its work, so that its code can warm up. 0: all of it at once.',
  ),
  maxTries: setting(
    'FLOTILLA_MAX_TRIES',
    integer(1, 1000),
    '16',
    'tries',
    notYet,
    'Tries of one request in all. Above the number of instances, so that each can be asked once. 1: none is made again.',
  ),
  maxLaterTries: setting(
    'FLOTILLA_MAX_LATER_TRIES',
    integer(0, 100),
    '3',
    'tries',
    notYet,
    'Of those, how many after every instance was asked once and none could be reached. They wait before, and count against the retry budget. 0: none.',
  ),
  backOffMs: setting(
    'FLOTILLA_BACK_OFF_MS',
    milliseconds,
    '25',
    'ms',
    notYet,
    'Longest wait before the first of them; it doubles with each. The wait is anything from 0 to that. The default of Envoy.',
  ),
  maxBackOffMs: setting(
    'FLOTILLA_MAX_BACK_OFF_MS',
    milliseconds,
    '250',
    'ms',
    notYet,
    'What it doubles up to. The default of Envoy.',
  ),
  retryBudgetPercent: setting(
    'FLOTILLA_RETRY_BUDGET_PERCENT',
    percent,
    '20',
    '%',
    notYet,
    'How many tries there may be at once, of those after all were asked and of those beside a slow one, as a part of the live requests: retries must not keep an overload going. The default of Envoy. 0: only FLOTILLA_RETRY_BUDGET_MIN.',
  ),
  retryBudgetMin: setting(
    'FLOTILLA_RETRY_BUDGET_MIN',
    integer(0, 1_000_000),
    '3',
    'tries',
    notYet,
    'How many of them are allowed whatever that part comes to. The default of Envoy. 0: only that part.',
  ),
  hedgePercent: setting(
    'FLOTILLA_HEDGE_PERCENT',
    integer(0, 99),
    '0',
    '%',
    notYet,
    'A request that takes longer than so many in a hundred do is sent to a second instance as well, and the first answer wins: 95 costs up to a twentieth more work. 0: never.',
  ),
  maxInstanceInFlight: setting(
    'FLOTILLA_MAX_INSTANCE_IN_FLIGHT',
    integer(1, 1_000_000),
    '1024',
    'tries',
    notYet,
    'Tries under way on one instance; an instance with so many is not chosen. The default of Envoy.',
  ),
  maxInFlight: setting(
    'FLOTILLA_MAX_IN_FLIGHT',
    integer(1, 1_000_000),
    '1024',
    'requests',
    notYet,
    'Requests under way in all; beyond it they wait. The default of Envoy.',
  ),
  maxPending: setting(
    'FLOTILLA_MAX_PENDING',
    integer(0, 1_000_000),
    '1024',
    'requests',
    notYet,
    'Requests that wait; beyond it they are refused with 503 and Retry-After. The default of Envoy. 0: none waits.',
  ),
  queueTimeoutMs: setting(
    'FLOTILLA_QUEUE_TIMEOUT_MS',
    milliseconds,
    '5000',
    'ms',
    notYet,
    'How long a request waits at most before it is refused. Longer, and its client is likely gone.',
  ),
  maxReplayBytes: setting(
    'FLOTILLA_MAX_REPLAY_BYTES',
    integer(0, 64 * GIB),
    String(128 * MIB),
    'bytes',
    both,
    'How much of one request’s body is kept so that it can be sent again; a larger one streams on, and is no longer tried again. Above FLOTILLA_MAX_BODY_BYTES, so that every JSON body of the door survives a lost instance. 0 keeps none.',
  ),
  maxReplayTotalBytes: setting(
    'FLOTILLA_MAX_REPLAY_TOTAL_BYTES',
    integer(0, 64 * GIB),
    String(256 * MIB),
    'bytes',
    both,
    'The same for all requests of a process together: what bounds its memory.',
  ),
  maxHeldResponseBytes: setting(
    'FLOTILLA_MAX_HELD_RESPONSE_BYTES',
    integer(0, GIB),
    String(64 * 1024),
    'bytes',
    both,
    'How much of an answer is held back, so that one that breaks off can be had from the next instance. 0 passes it on from the first byte.',
  ),
  shutdownGraceMs: setting(
    'FLOTILLA_SHUTDOWN_GRACE_MS',
    milliseconds,
    '30000',
    'ms',
    both,
    'Time for requests in flight to end after SIGTERM.',
  ),
  maxLogBytes: setting(
    'FLOTILLA_MAX_LOG_BYTES',
    integer(4096, 64 * GIB),
    String(32 * MIB),
    'bytes',
    ['runtime'],
    'Size at which the local runtime puts a process’s log aside; one older file is kept.',
  ),
  portOffset: setting(
    'FLOTILLA_PORT_OFFSET',
    integer(0, 57_000),
    '0',
    'ports',
    ['runtime'],
    'Added to every port of a local fleet, so that a second one can stand beside the first.',
  ),
  stateDir: setting(
    'FLOTILLA_STATE_DIR',
    text(1, 4096),
    '.flotilla',
    'path',
    ['runtime'],
    'Where the runtime keeps what it remembers of the fleet that it started, and a local fleet’s logs.',
  ),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/** The value of a setting once it is read. */
export type SettingValue<Name extends SettingName> = z.infer<(typeof settings)[Name]['schema']>;

/** Prefix of the project's own variables; an unknown one with it is an error. */
export const SETTING_PREFIX = 'FLOTILLA_';
