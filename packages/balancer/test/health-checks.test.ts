import { describe, expect, test } from 'vitest';
import { balancer, instance, waitFor } from './fixtures.js';

const CHECKS = 6;

/** An instance that counts how often it is asked whether it is ready. */
async function counted(isReady: () => boolean) {
  const seen = { checks: 0 };
  const port = await instance((_request, response) => {
    seen.checks++;
    response.writeHead(isReady() ? 200 : 503).end();
  });
  return { seen, port };
}

describe('health checks', () => {
  test('an instance that was never good is asked more often than one that is, and as often once it was', async () => {
    let hasStarted = false;
    const good = await counted(() => true);
    const starting = await counted(() => hasStarted);
    await balancer([good.port, starting.port], { FLOTILLA_HEALTH_INTERVAL_MS: '200' });
    await waitFor(() => good.seen.checks >= CHECKS);
    expect(starting.seen.checks).toBeGreaterThan(2 * CHECKS);
    hasStarted = true;
    const before = starting.seen.checks;
    await waitFor(() => starting.seen.checks > before);
    const [goodChecks, startingChecks] = [good.seen.checks, starting.seen.checks];
    await waitFor(() => good.seen.checks >= goodChecks + CHECKS);
    expect(starting.seen.checks - startingChecks).toBeLessThan(2 * CHECKS);
  });
});
