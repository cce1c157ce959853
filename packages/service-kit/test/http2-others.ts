import http2 from 'node:http2';
import { expect, onTestFinished } from 'vitest';

/** No wait here takes as long on a machine that is free. */
const DEADLINE_MS = 20_000;

/** Waits until something holds. */
export async function waitFor(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: DEADLINE_MS, interval: 10 }).toBe(true);
}

/** A request of another client, on a connection of HTTP/2 of its own. */
export async function isServed(port: number): Promise<boolean> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ':path': '/health' });
  const status = await new Promise((resolve, reject) => {
    stream.once('response', (headers) => resolve(headers[':status']));
    session.once('error', reject);
  });
  session.close();
  return status === 200;
}
