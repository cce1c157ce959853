import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FleetError } from '../fleet/fleet-error.js';
import type { FleetState } from '../fleet/state-file.js';
import type { NotReady } from '../fleet/status.js';
import type { Supervisor } from './supervisor.js';

/** Answer to a request that waits for readiness. */
export interface ReadyAnswer {
  /** Null: it is ready. */
  readonly notReady: NotReady | null;
}

/**
 * Lets other processes of the same user talk to a supervisor: JSON over HTTP over a unix socket.
 *
 * `GET /status`, `GET /state`, `POST /ready?timeoutMs=`, `POST /instances/<name>/stop`, `POST /instances/<name>/start?timeoutMs=`.
 * To stop the fleet, send the supervisor SIGTERM.
 */
export async function serveControl(
  supervisor: Supervisor,
  socketPath: string,
  state: () => FleetState,
): Promise<Server> {
  // Left behind by a supervisor that was killed; that none is alive was made sure under the lock.
  rmSync(socketPath, { force: true });
  const server = createServer((request, response) => {
    answer(supervisor, state, request, response).catch((error: Error) =>
      send(response, error instanceof FleetError ? 404 : 500, { message: error.message }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    // Later errors are of connections that could not be taken: the command asks again.
    server.on('error', reject);
    server.listen(socketPath, resolve);
  });
  chmodSync(socketPath, 0o600);
  return server;
}

async function answer(
  supervisor: Supervisor,
  state: () => FleetState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://supervisor');
  const timeoutMs = Number(url.searchParams.get('timeoutMs') ?? 0);
  const [, collection, name = '', verb = ''] = url.pathname.split('/').map(decodeURIComponent);
  switch (`${request.method} ${collection} ${verb}`) {
    case 'GET status ':
      return send(response, 200, supervisor.status());
    case 'GET state ':
      return send(response, 200, state());
    case 'POST ready ':
      return sendReadiness(response, await supervisor.awaitReady(timeoutMs));
    case 'POST instances stop':
      await supervisor.stopInstance(name);
      return send(response, 200, {});
    case 'POST instances start':
      return sendReadiness(response, await supervisor.startInstance(name, timeoutMs));
    default:
      send(response, 404, { message: `no ${request.method} ${url.pathname}` });
  }
}

function sendReadiness(response: ServerResponse, notReady: NotReady | undefined): void {
  const body: ReadyAnswer = { notReady: notReady ?? null };
  send(response, 200, body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
