import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Stats } from '@flotilla/contracts';
import { createMetrics, Lifecycle, type LogIdentity, readConfig } from '@flotilla/process';
import { appSettings } from '@flotilla/service-kit';
import { stageNumbered } from '@flotilla/topology';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { NameService } from '../../upstream/src/discovery/membership.js';
import { balancerSettings, buildBalancer } from '../src/app.js';

/** A server on a free port that is closed, with all of its connections, when the test ends. */
async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An instance that answers as it is told. */
export function instance(handler: http.RequestListener): Promise<number> {
  return listen(http.createServer(handler));
}

/** An instance that does with its connections as it is told. */
export function rawInstance(handler: (socket: net.Socket) => void): Promise<number> {
  return listen(net.createServer(handler));
}

/** An instance that gives back how long the body was, and who it is. */
export function echo(name: string, seen: http.IncomingMessage[] = []): Promise<number> {
  return instance((request, response) => {
    seen.push(request);
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-request-id', request.headers['x-request-id'] as string);
      response.end(JSON.stringify({ name, bytes }));
    });
  });
}

/** A port on which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Instances here answer as their test says, whatever they are asked. */
const NO_CHECKS = { FLOTILLA_HEALTH_INTERVAL_MS: '0' };

/** A balancer of stage 1 over instances `a`, `b`, … on these ports, closed when the test ends. */
export async function balancer(ports: readonly number[], env: Record<string, string> = {}, names?: NameService) {
  const { app, lifecycle, port, errors } = await openBalancer(ports, env, names);
  onTestFinished(() => app.close());
  const url = `http://127.0.0.1:${port}`;
  const post = (body: string | Buffer | ReadableStream, init: RequestInit = {}) =>
    fetch(`${url}/process`, { method: 'POST', body: body as NonNullable<RequestInit['body']>, ...init });
  const stats = async () => (await (await fetch(`${url}/stats`)).json()) as Stats;
  return { app, lifecycle, url, port, post, stats, errors };
}

/** The same, for who closes it. */
export async function openBalancer(ports: readonly number[], env: Record<string, string> = {}, names?: NameService) {
  const listed = ports.map((port, index) => `${String.fromCharCode(97 + index)}:1=127.0.0.1:${port}`);
  const settings = [...appSettings, ...balancerSettings, 'service1Instances', 'maxBodyBytes'] as const;
  const config = readConfig(settings, {
    SERVICE_PORT: '1',
    SERVICE1_INSTANCES: listed.join(','),
    ...NO_CHECKS,
    ...env,
  });
  const lifecycle = new Lifecycle();
  const identity: LogIdentity = { service: 'service1-loadbalancer', instance: 'service1-loadbalancer', stage: 1 };
  /** What it has logged of errors. */
  const errors: string[] = [];
  const app = await buildBalancer({
    identity,
    config,
    logger: pino({ level: 'error' }, { write: (line: string) => void errors.push(line) }),
    metrics: createMetrics(identity),
    lifecycle,
    stage: stageNumbered(1),
    instances: config.service1Instances,
    ...(names ? { names } : {}),
    streamLimit: { maxBytes: Number.POSITIVE_INFINITY, setting: 'FLOTILLA_MAX_STREAM_BYTES' },
    limit: { maxBytes: config.maxBodyBytes, setting: 'FLOTILLA_MAX_BODY_BYTES' },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { app, lifecycle, port, errors };
}

/** Waits until something holds; fails the test if it does not within the deadline. */
export async function waitFor(holds: () => boolean | Promise<boolean>, deadlineMs = 5000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
