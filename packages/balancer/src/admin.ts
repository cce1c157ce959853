import { createHash, timingSafeEqual } from 'node:crypto';
import { FlotillaError } from '@flotilla/contracts';
import type { Upstream } from '@flotilla/upstream';
import { strategyNames } from '@flotilla/upstream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { statsOf } from './stats.js';

/** Largest body of an admin request, in bytes. */
const MAX_BODY_BYTES = 1024;
const MAX_WEIGHT = 1000;

const weightBody = z.strictObject({ weight: z.number().positive().max(MAX_WEIGHT) });
const strategyBody = z.strictObject({ strategy: z.enum(strategyNames) });

/**
 * The routes that change a balancer at run time. What they change is not persisted: a restarted balancer is as its
 * environment says.
 *
 * @param token - Who sends it as a bearer token may come in.
 */
export async function registerAdmin(app: FastifyInstance, upstream: Upstream, token: string): Promise<void> {
  await app.register(async (admin) => {
    admin.addHook('onRequest', async (request) => {
      if (!isToken(request, token)) {
        throw new FlotillaError('FLT_UNAUTHORIZED', undefined, {}, { 'www-authenticate': 'Bearer realm="admin"' });
      }
    });
    admin.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, body),
    );
    addRoutes(admin, upstream);
  });
}

function addRoutes(admin: FastifyInstance, upstream: Upstream): void {
  type Named = { Params: { name: string } };
  admin.get('/admin', () => statsOf(upstream));
  admin.put('/admin/strategy', (request) => {
    upstream.setStrategy(read(strategyBody, request.body).strategy);
    return statsOf(upstream);
  });
  admin.put<Named>('/admin/instances/:name/weight', (request) => {
    const { weight } = read(weightBody, request.body);
    return change(upstream, request.params.name, (name) => upstream.cluster.setWeight(name, weight));
  });
  admin.post<Named>('/admin/instances/:name/drain', (request) =>
    change(upstream, request.params.name, (name) => upstream.drain(name)),
  );
  admin.post<Named>('/admin/instances/:name/undrain', (request) =>
    change(upstream, request.params.name, (name) => upstream.undrain(name)),
  );
}

/** Answers with the instance's part of `/stats`, as it is afterwards. */
function change(upstream: Upstream, name: string, make: (name: string) => void) {
  if (!upstream.names.includes(name)) throw new FlotillaError('FLT_INSTANCE_NOT_FOUND');
  make(name);
  return statsOf(upstream).stats[name];
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(parse(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FlotillaError('FLT_INVALID_REQUEST', `${issue?.path.join('.') || 'The body'}: ${issue?.message}.`);
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw new FlotillaError('FLT_INVALID_JSON');
  }
}

/** Compares digests, which are of one length: how long it takes tells nothing of the token. */
function isToken({ headers }: FastifyRequest, token: string): boolean {
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
