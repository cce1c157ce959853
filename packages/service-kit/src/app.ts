import sensible from '@fastify/sensible';
import { FlotillaError } from '@flotilla/contracts';
import type { ApiOfProcess } from '@flotilla/contracts/openapi';
import {
  answerClientError,
  answerHalfClosed,
  closeConnectionsOnDrain,
  discardRest,
  endConnectionAfter,
  MAX_TARGET_BYTES,
  refusal,
  refuseWhatNodeRefuses,
  registerAccessLog,
  registerProblems,
  requestIdOf,
  sendProblem,
  targetOf,
} from '@flotilla/http-server';
import { heldBytes } from '@flotilla/http2';
import type { Config, Lifecycle, LogIdentity, Metrics } from '@flotilla/process';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { registerHealth, registerMetrics } from './health.js';

/** The settings that every process has. */
export const appSettings = [
  'servicePort',
  'bindHost',
  'logLevel',
  'maxHeaderBytes',
  'maxHeaders',
  'headersTimeoutMs',
  'requestTimeoutMs',
  'keepAliveMs',
  'maxConnectionStreams',
  'maxFieldPieces',
  'maxHeldBytes',
  'corsOrigins',
  'upstreamIdleMs',
  'drainDelayMs',
  'shutdownGraceMs',
] as const;

export type AppConfig = Config<(typeof appSettings)[number]>;

/** What an app is made of. */
export interface AppDependencies {
  readonly identity: LogIdentity;
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  readonly api: Omit<ApiOfProcess, 'name'>;
}

/** Bodies are read in pieces, and what else comes in is checked by zod. Loading Ajv would make each start longer. */
const noSchemaCompiler = () => {
  throw new Error('a route has a JSON schema, and nothing here compiles those');
};

/** How often Node looks for requests that are past their time-outs. */
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/**
 * Builds what every process answers: health, metrics, its OpenAPI document, and problem responses for the rest.
 * Bodies are not parsed: `request.body` is the raw stream.
 */
export async function createApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { identity, config, logger, metrics, lifecycle, api } = dependencies;
  heldBytes.maxBytes = config.maxHeldBytes;
  const app = Fastify({
    loggerInstance: logger,
    // One line per request, of our own; and no child logger for each, since the line carries the id itself.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent) => parent,
    schemaController: { compilersFactory: { buildValidator: noSchemaCompiler, buildSerializer: noSchemaCompiler } },
    genReqId: requestIdOf,
    requestIdHeader: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveMs,
    rewriteUrl: targetOf,
    // How long an id in a path may be is its handler's to say; a target has a limit of its own.
    routerOptions: { maxParamLength: MAX_TARGET_BYTES },
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => refuseTarget(request as FastifyRequest, reply as FastifyReply),
    http: {
      maxHeaderSize: config.maxHeaderBytes,
      headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
      // Node would answer a request without Host by an empty 400; the hook below answers with a problem.
      requireHostHeader: false,
    },
  }) as unknown as FastifyInstance;
  answerHalfClosed(app.server);
  // Beyond its own count Node drops headers silently; 0 makes it keep all, and the hook refuses too many.
  app.server.maxHeadersCount = 0;
  await app.register(sensible);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  closeConnectionsOnDrain(app);
  registerAccessLog(app, { metrics, logger });
  registerProblems(app);
  refuseWhatNodeRefuses(app, config.maxHeaders, { metrics, logger });
  app.addHook('onRequest', (request, reply, done) => done(refusal(request.raw, reply.raw, config.maxHeaders)));
  registerHealth(app, identity.service, lifecycle);
  registerMetrics(app, metrics);
  app.get('/openapi.json', async () => {
    // Only here, since most processes are never asked.
    const { openApi } = await import('@flotilla/contracts/openapi');
    return openApi({ name: identity.service, ...api });
  });
  return app;
}

/** Answers a request whose target Fastify cannot decode. None of the hooks runs for it. */
function refuseTarget(request: FastifyRequest, reply: FastifyReply): void {
  endConnectionAfter(request.raw);
  reply.raw.prependOnceListener('finish', () => discardRest(request.raw));
  const reason = 'The target cannot be decoded.';
  sendProblem(new FlotillaError('FLT_MALFORMED_HTTP', reason, {}, { connection: 'close' }), request, reply);
}
