import { closeSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../fleet/support.js';
import { OneProcess } from './one-process.js';
import { because, limitObstacle, TemporaryDirectory } from './scarcity.js';

const noLimits = limitObstacle();

/** More than a process of the fleet has open when it has nothing to do, and less than with the connections below. */
const DESCRIPTORS = 60;
const CONNECTIONS = 100;

const NONE_LEFT = 'no file descriptor is left, so no connection can be taken; raise the limit (ulimit -n)';
const AGAIN = 'there are file descriptors again';

describe.skipIf(noLimits)(`a process that has no file descriptor left${because(noLimits)}`, () => {
  test('goes on with the connections it has, says so once, and takes connections again', async () => {
    using directory = new TemporaryDirectory();
    const out = openSync(directory.at('out'), 'a');
    await using one = await OneProcess.ready(['ignore', out, out]);
    const said = (text: string) => directory.read('out').split(text).length - 1;
    expect(await one.logLines(8)).toEqual(new Set([404]));
    one.limit('nofile', DESCRIPTORS);
    const clients = Array.from({ length: CONNECTIONS }, () => openConnection(one.port));
    await waitFor(() => said(NONE_LEFT) > 0);
    expect(await one.logLines(200)).toEqual(new Set([404]));
    expect((await one.ask('/metrics')).status).toBe(200);
    for (const client of clients) client.destroy();
    await waitFor(() => said(AGAIN) > 0);
    const later = openConnection(one.port);
    later.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect((await later.toArray()).join('')).toContain('healthy');
    expect([said(NONE_LEFT), said(AGAIN)]).toEqual([1, 1]);
    one.child.kill('SIGTERM');
    expect(await one.exited).toEqual([0, null]);
    closeSync(out);
  });
});

/** Connections that cannot be taken are closed. */
function openConnection(port: number): Socket {
  return connect({ host: '127.0.0.1', port }).on('error', () => {});
}
