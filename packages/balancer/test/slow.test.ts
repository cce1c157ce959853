import type http from 'node:http';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { balancer, echo, instance, rawInstance, waitFor } from './fixtures.js';

const HEAD = 'POST /process HTTP/1.1\r\nhost: x\r\n';

/** Sends bytes, never closes, and gives back what came until the other side did, and how it did. */
function talk(port: number, ...parts: (string | Buffer)[]): Promise<{ received: string; error: string | undefined }> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let received = '';
    let error: string | undefined;
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', (each: NodeJS.ErrnoException) => {
      error = each.code;
    });
    socket.on('close', () => resolve({ received, error }));
    for (const part of parts) socket.write(part);
  });
}

describe('time-outs and whose they are', () => {
  test('a try’s time ends when its answer begins', async () => {
    const chunk = Buffer.alloc(100_000);
    let write = () => {};
    const streaming = await instance((request, response) => {
      request.resume();
      let left = 10;
      write = () => (--left > 0 ? response.write(chunk) : response.end());
      response.write(chunk);
    });
    const { post, stats, url } = await balancer([streaming], { FLOTILLA_TRY_TIMEOUT_MS: '20' });
    const response = await post('{}');
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^upstream_replay_bytes\{.*\} 0$/m);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const began = performance.now();
    await waitFor(() => performance.now() - began > 60);
    let received = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      received += part.value.length;
      write();
    }
    expect(received).toBe(1_000_000);
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 0 });
  });

  test('an instance that stops taking the body has timed out, and the next one gets all of it', async () => {
    const stuck = await rawInstance((socket) => socket.pause());
    const { post, stats } = await balancer([stuck, await echo('b')], { FLOTILLA_TRY_TIMEOUT_MS: '1000' });
    expect(await (await post(Buffer.alloc(20_000_000))).json()).toEqual({ name: 'b', bytes: 20_000_000 });
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 1, in_flight: 0 });
  });

  test.each([
    ['little', 10, 0],
    ['much', 200_000, 1],
  ])('a client that is too slow, having sent %s: 408, and no instance is blamed', async (_name, bytes, tries) => {
    const { port, stats } = await balancer([await echo('a')], { FLOTILLA_REQUEST_TIMEOUT_MS: '150' });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.write(`${HEAD}content-length: 300000\r\n\r\n`);
      socket.write(Buffer.alloc(bytes));
      socket.on('error', reject).once('data', (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*FLT_REQUEST_TIMEOUT/s);
    expect(answer).not.toContain('x-failed-stage');
    await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 0);
    expect((await stats()).stats['a:1']).toMatchObject({ requests: tries, errors: 0 });
  });
});

describe('answers that must not look whole, or other than they are', () => {
  test('one that breaks off under a client of HTTP/1.0 ends in a reset', async () => {
    const broken = await rawInstance((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n493e0\r\n');
        socket.write(Buffer.alloc(300_000), () => socket.resetAndDestroy());
      }),
    );
    const { port } = await balancer([broken]);
    const { error } = await talk(port, 'POST /process HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}');
    expect(error).toBe('ECONNRESET');
  });

  // A plain request, whose connection is read on behind its answer; and one that Node reads, which ends with the nonsense.
  test.each([
    ['content-length: 2\r\n\r\n{}', true],
    ['transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', false],
  ])(
    'nothing is written into an answer that is under way when its client sends nonsense: %j',
    async (rest, isWhole) => {
      let response: http.ServerResponse | undefined;
      const half = await instance((request, answer) => {
        request.resume();
        response = answer;
        answer.writeHead(200, { 'content-length': 200_000 });
        answer.write(Buffer.alloc(199_000, 'x'));
      });
      const { port } = await balancer([half]);
      const socket = net.connect(port, '127.0.0.1');
      let received = '';
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (!received.endsWith('x')) return;
        if (isWhole) socket.write('nonsense\r\n\r\n', () => response?.end(Buffer.alloc(1000, 'y')));
        else socket.write('nonsense\r\n\r\n');
      });
      socket.write(HEAD + rest);
      await closed;
      const [head = '', answered = ''] = received.split('\r\n\r\n', 2);
      expect(head).toMatch(/^HTTP\/1.1 200/);
      if (isWhole) expect(answered).toMatch(/^x+y{1000}HTTP\/1.1 400/);
      else expect(received).not.toContain('FLT_');
      await waitFor(() => response?.destroyed === true);
    },
  );

  test('204 and 304 say no length', async () => {
    for (const status of [204, 304]) {
      const { post } = await balancer([
        await instance((request, answer) => request.resume().on('end', () => answer.writeHead(status).end())),
      ]);
      const answer = await post('{}');
      expect(answer.status).toBe(status);
      expect(answer.headers.has('content-length')).toBe(false);
    }
  });
});

test('a body that turns out to be malformed cancels the try, though its client stays', async () => {
  let seen = false;
  let aborted = false;
  const reading = await instance((request) => {
    request.resume().on('error', () => {
      aborted = true;
    });
    seen = true;
  });
  const { port, stats } = await balancer([reading]);
  const socket = net.connect(port, '127.0.0.1');
  const answer = new Promise((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
  socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n30d40\r\n`);
  socket.write(Buffer.alloc(200_000));
  await waitFor(() => seen);
  socket.write('\r\nnonsense\r\n');
  expect(await answer).toMatch(/^HTTP\/1\.1 400 .*FLT_MALFORMED_HTTP/s);
  await waitFor(() => aborted);
  await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 0);
  expect((await stats()).stats['a:1']?.errors).toBe(0);
  socket.destroy();
});
