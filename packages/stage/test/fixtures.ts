import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics, Lifecycle, readConfig } from '@flotilla/process';
import { appSettings } from '@flotilla/service-kit';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type BeginRelay, buildRelayApp, relaySettingsOf } from '../src/index.js';

/** A service of stage 1 that calls what listens on a port, and does this work. */
export async function service(nextPort: number, begin: BeginRelay, env: Record<string, string> = {}) {
  const settings = [...appSettings, ...relaySettingsOf(1)] as const;
  const config = readConfig(settings, { SERVICE_PORT: '1', SERVICE2_URL: `http://127.0.0.1:${nextPort}`, ...env });
  const identity = { service: 'service1', instance: 'service1a', stage: 1 };
  const logger = pino({ level: 'silent' });
  const app = await buildRelayApp(
    { identity, config, logger, metrics: createMetrics(identity), lifecycle: new Lifecycle() },
    { stage: 1, begin },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json' };
  const send = (body: Buffer, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}/process`, { method: 'POST', headers, body: new Uint8Array(body), ...init });
  return { port, send };
}

/** A stage that hands texts on as they are. @param next - What it hands them to. @returns Its port. */
export async function stageBefore(next: Server, env: Record<string, string> = {}): Promise<number> {
  await new Promise<void>((resolve) => next.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    next.closeAllConnections();
    next.close();
  });
  const begin: BeginRelay = (_request, body) => ({
    write: (chunk) => body.push(Uint8Array.from(chunk)),
    end: () => body.end(),
  });
  const { port } = await service((next.address() as AddressInfo).port, begin, env);
  return port;
}
