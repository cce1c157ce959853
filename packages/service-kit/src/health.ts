import type { Lifecycle, Metrics } from '@flotilla/process';
import type { FastifyInstance } from 'fastify';

/** `/health` for the contract's clients, `/health/live` and `/health/ready` for supervisors and orchestrators. */
export function registerHealth(app: FastifyInstance, service: string, lifecycle: Lifecycle): void {
  app.get('/health', () => ({ status: 'healthy', service }));
  app.get('/health/live', () => ({ status: 'live', service }));
  app.get('/health/ready', (_request, reply) => {
    reply.code(lifecycle.phase === 'ready' ? 200 : 503);
    return { status: lifecycle.phase, service };
  });
}

/** `/metrics` in the Prometheus text format. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}
