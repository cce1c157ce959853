import { setTimeout } from 'node:timers/promises';
import type { SettingName } from '@flotilla/contracts';
import {
  type Config,
  ConfigError,
  createMetrics,
  describeError,
  type Environment,
  Lifecycle,
  type LogIdentity,
  type Metrics,
  openLog,
  type ProcessDefaults,
  type ProcessLog,
  readConfig,
  renderConfig,
  trimHeap,
  watchDescriptors,
} from '@flotilla/process';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { type AppConfig, type AppDependencies, appSettings } from './app.js';
import { listenPatiently } from './listen.js';

/** What makes a process of the fleet. */
export interface ProcessDefinition<Name extends SettingName> {
  /** Settings beyond those that every process has. */
  readonly settings: readonly Name[];
  /** Defaults that depend on the process. */
  readonly defaults: ProcessDefaults;
  identity(config: AppConfig & Config<Name>): LogIdentity;
  build(
    dependencies: Omit<AppDependencies, 'config' | 'api'> & { config: AppConfig & Config<Name> },
  ): Promise<FastifyInstance>;
}

/** Exit code of a process that was told something it cannot do; a supervisor does not restart it. */
const EXIT_CONFIG = 1;

/**
 * Runs a process: reads its settings, builds its app, listens, and on SIGTERM or SIGINT stops without losing a
 * request. Bad settings end it with exit code 1 and one line on standard error. With `--print-config` it tells what it
 * would run with, and ends.
 */
export async function runProcess<const Name extends SettingName>(
  definition: ProcessDefinition<Name>,
  env: Environment = process.env,
): Promise<void> {
  const starterLost = awaitLossOfStarter();
  const config = configOrExit(definition, env);
  if (hasOption('--print-config')) {
    process.stdout.write(renderConfig([...appSettings, ...definition.settings], env, definition.defaults));
    return;
  }
  const identity = definition.identity(config);
  const log = openLog(config.logLevel, identity);
  const lifecycle = new Lifecycle();
  const metrics = createMetrics(identity);
  countDroppedLines(metrics, log);
  watchDescriptors(log.logger);
  const app = await definition.build({ identity, config, logger: log.logger, metrics, lifecycle });
  stopOnSignal(app, lifecycle, log, config, starterLost);
  await listenOrExit(app, config, log);
  lifecycle.phase = 'ready';
  trimHeap();
  log.logger.info({ host: config.bindHost, port: config.servicePort, node: process.version }, 'ready');
}

/** There is one option; anything else is a mistake. */
function hasOption(option: string): boolean {
  const unknown = process.argv.slice(2).find((argument) => argument !== option);
  if (unknown === undefined) return process.argv.includes(option);
  process.stderr.write(`${unknown} is no option; there is ${option}, and everything else is set by the environment.\n`);
  return process.exit(EXIT_CONFIG);
}

function configOrExit<Name extends SettingName>(definition: ProcessDefinition<Name>, env: Environment) {
  try {
    return readConfig([...appSettings, ...definition.settings], env, definition.defaults) as AppConfig & Config<Name>;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(EXIT_CONFIG);
  }
}

async function listenOrExit(app: FastifyInstance, config: AppConfig, { logger }: ProcessLog): Promise<void> {
  const onWait = () => logger.warn('an outgoing connection has the port: it is tried again');
  try {
    const address = { host: config.bindHost, port: config.servicePort };
    await listenPatiently(() => app.listen({ ...address, listenTextResolver: () => 'listening' }), address, onWait);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(
      `BIND_HOST=${config.bindHost} SERVICE_PORT=${config.servicePort} cannot be listened on: ${code}. ` +
        'Stop what holds the port, or choose another.\n',
    );
    process.exit(EXIT_CONFIG);
  }
}

function countDroppedLines(metrics: Metrics, log: ProcessLog): void {
  const help = 'Log lines that could not be written.';
  metrics.observed('counter', 'log_lines_dropped_total', help, () => [{ value: log.droppedLines }]);
}

/**
 * Settles when the process that started this one over an IPC channel is gone: the system tells by the end of the channel, whatever
 * the starter died of. To be asked for before anything is awaited, or the end may come unheard. Undefined: no channel.
 */
function awaitLossOfStarter(): Promise<void> | undefined {
  if (!process.channel) return undefined;
  const lost = new Promise<void>((resolve) => process.once('disconnect', resolve));
  process.channel.unref();
  return lost;
}

/**
 * Readiness fails; after SIGTERM some time passes in which others turn away; the listener closes, requests in flight
 * end, the log is written out, and the process exits with 0. A process that was started with an IPC channel also stops when its starter is gone.
 */
function stopOnSignal(
  app: FastifyInstance,
  lifecycle: Lifecycle,
  log: ProcessLog,
  config: AppConfig,
  starterLost: Promise<void> | undefined,
): void {
  const { drainDelayMs, shutdownGraceMs } = config;
  const options = { delay: drainDelayMs + shutdownGraceMs, logger: undefined };
  const handle = closeWithGrace(options, async ({ signal, err }) => {
    lifecycle.phase = 'draining';
    if (err) log.logger.fatal({ error: describeError(err) }, 'stopping for an error');
    else log.logger.info({ signal: signal ?? 'disconnect' }, 'stopping');
    if (signal === 'SIGTERM' && !err) await setTimeout(drainDelayMs);
    await app.close();
    await log.end();
  });
  void starterLost?.then(() => handle.close());
}
