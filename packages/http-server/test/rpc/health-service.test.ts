import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@flotilla/contracts/rpc';
import { describe, expect, test, vi } from 'vitest';
import { Lifecycle } from '../../../process/src/lifecycle.js';
import { healthService } from '../../src/rpc/health-service.js';

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = ServingStatus;
const SERVICES = ['pipeline.ReportService', 'grpc.health.v1.Health'];

/** A lifecycle that knows how many watch it. */
class WatchedLifecycle extends Lifecycle {
  watchers = 0;

  override watch(listener: () => void): () => void {
    const unwatch = super.watch(listener);
    this.watchers += 1;
    return () => {
      this.watchers -= 1;
      unwatch();
    };
  }
}

function testHealth() {
  const lifecycle = new WatchedLifecycle();
  const client = createClient(
    Health,
    createRouterTransport((router) => healthService(router, lifecycle, SERVICES)),
  );
  const check = async (service: string) => (await client.check({ service })).status;
  const watch = (service: string) => {
    const leaving = new AbortController();
    const answers = client.watch({ service }, { signal: leaving.signal })[Symbol.asyncIterator]();
    const next = async () => {
      const { done, value } = await answers.next();
      return done ? 'end' : value.status;
    };
    return { leave: () => leaving.abort(), next };
  };
  return { check, lifecycle, watch };
}

/** Waits until as many calls as given wait for a change of the phase. */
function watched(lifecycle: WatchedLifecycle, watchers: number): Promise<void> {
  return vi.waitFor(() => expect(lifecycle.watchers).toBe(watchers), { timeout: 5000, interval: 5 });
}

function failure(call: Promise<unknown>): Promise<ConnectError> {
  return call.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => ConnectError.from(error),
  );
}

describe('Check', () => {
  test.each(['', ...SERVICES])('of %j serves while the process is ready', async (service) => {
    const { check, lifecycle } = testHealth();
    expect(await check(service)).toBe(NOT_SERVING);
    lifecycle.phase = 'ready';
    expect(await check(service)).toBe(SERVING);
    lifecycle.phase = 'draining';
    expect(await check(service)).toBe(NOT_SERVING);
  });

  test('of an unknown service fails', async () => {
    const { check, lifecycle } = testHealth();
    lifecycle.phase = 'ready';
    const error = await failure(check('pipeline.Nothing'));
    expect(error.code).toBe(Code.NotFound);
    expect(error.rawMessage).toBe('unknown service "pipeline.Nothing"');
  });
});

describe('Watch', () => {
  test.each(['', ...SERVICES])('of %j answers at once, at each change, and ends with the process', async (service) => {
    const { lifecycle, watch } = testHealth();
    const { next } = watch(service);
    expect(await next()).toBe(NOT_SERVING);
    lifecycle.phase = 'ready';
    expect(await next()).toBe(SERVING);
    const last = next();
    await watched(lifecycle, 1);
    lifecycle.phase = 'draining';
    expect(await last).toBe(NOT_SERVING);
    expect(await next()).toBe('end');
    expect(lifecycle.watchers).toBe(0);
  });

  test('misses no change that comes before its last answer has been read', async () => {
    const { lifecycle, watch } = testHealth();
    lifecycle.phase = 'ready';
    const { next } = watch('');
    expect(await next()).toBe(SERVING);
    lifecycle.phase = 'draining';
    expect(await next()).toBe(NOT_SERVING);
    expect(await next()).toBe('end');
  });

  test('tells a process that drains before it ever was ready once', async () => {
    const { lifecycle, watch } = testHealth();
    const { next } = watch('');
    expect(await next()).toBe(NOT_SERVING);
    const last = next();
    await watched(lifecycle, 1);
    lifecycle.phase = 'draining';
    expect(await last).toBe('end');
  });

  test('of a process that drains already answers, and ends', async () => {
    const { lifecycle, watch } = testHealth();
    lifecycle.phase = 'draining';
    const { next } = watch('');
    expect(await next()).toBe(NOT_SERVING);
    expect(await next()).toBe('end');
  });

  test('of an unknown service says so, says it once, and goes on until the process drains', async () => {
    const { lifecycle, watch } = testHealth();
    const { next } = watch('pipeline.Nothing');
    expect(await next()).toBe(SERVICE_UNKNOWN);
    const last = next();
    await watched(lifecycle, 1);
    lifecycle.phase = 'ready';
    await watched(lifecycle, 1);
    lifecycle.phase = 'draining';
    expect(await last).toBe('end');
  });

  test('ends when its caller leaves, and the others’ do not', async () => {
    const { lifecycle, watch } = testHealth();
    const [leaver, stayer] = [watch(''), watch('')];
    for (const { next } of [leaver, stayer]) expect(await next()).toBe(NOT_SERVING);
    const [left, told] = [failure(leaver.next()), stayer.next()];
    await watched(lifecycle, 2);
    leaver.leave();
    expect((await left).code).toBe(Code.Canceled);
    await watched(lifecycle, 1);
    lifecycle.phase = 'ready';
    expect(await told).toBe(SERVING);
  });
});

describe('a lifecycle', () => {
  test('tells each change to each who watches, until he ends it', () => {
    const lifecycle = new Lifecycle();
    const [phases, others]: string[][] = [[], []];
    const unwatch = lifecycle.watch(() => phases?.push(lifecycle.phase));
    lifecycle.watch(() => others?.push(lifecycle.phase));
    lifecycle.phase = 'starting';
    expect(phases).toEqual([]);
    lifecycle.phase = 'ready';
    unwatch();
    lifecycle.phase = 'draining';
    expect(phases).toEqual(['ready']);
    expect(others).toEqual(['ready', 'draining']);
  });
});
