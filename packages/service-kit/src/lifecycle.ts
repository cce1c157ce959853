import type { FastifyInstance } from 'fastify';

/** Where a process is in its life. It takes requests in all of them; `ready` is when others should send some. */
export type Phase = 'starting' | 'ready' | 'draining';

/** The phase of a process, for its readiness route. */
export class Lifecycle {
  phase: Phase = 'starting';
}

/**
 * Closes each connection once its request in flight has ended while the process drains. Without this a connection
 * that was busy when the server began to close stays open for its whole keep-alive time, and the process with it.
 */
export function closeConnectionsOnDrain(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.server.on('request', (_request, response) => {
    response.once('close', () => {
      if (lifecycle.phase === 'draining') setImmediate(() => app.server.closeIdleConnections());
    });
  });
}
