import { balancer, rawInstance } from '../../../packages/balancer/test/fixtures.js';
import { service } from '../../../packages/stage/test/fixtures.js';
import type { Endpoint } from './check.ts';
import { Recorder } from './recording-instance.ts';

/** The limit that two cases go beyond, and no checks among the requests that are recorded. */
const SETTINGS = { FLOTILLA_MAX_BODY_BYTES: '200000', FLOTILLA_HEALTH_INTERVAL_MS: '0' };

/** A balancer in front of one instance. */
export async function openBalancer(): Promise<Endpoint> {
  const behind = new Recorder();
  const { port } = await balancer([await rawInstance(behind.handle)], SETTINGS);
  return { port, behind };
}

/** A service of stage 1 that hands on what it gets to one instance of stage 2. */
export async function openService(): Promise<Endpoint> {
  const behind = new Recorder();
  const handOn: Parameters<typeof service>[1] = (_request, next) => ({
    write: (chunk) => next.push(Uint8Array.from(chunk)),
    end: () => next.end(),
  });
  const { port } = await service(await rawInstance(behind.handle), handOn, SETTINGS);
  return { port, behind };
}
