import net from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { exchange, testApp, untilClosed } from './fixtures.js';

const PLAIN = 'POST /held HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}';
const CHUNKED = 'POST /held HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
const LAST = 'GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';

afterEach(() => vi.useRealTimers());

/** Lets every request be answered as it comes. */
function answerAll(held: (() => void)[]): void {
  held.push = (...release) => {
    for (const each of release) setImmediate(each);
    return 0;
  };
}

/** A connection that is talked on step by step. */
function connect(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  let received = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const heard = (what: string | RegExp) => expect.poll(() => received, { timeout: 10_000 }).toMatch(what);
  return { socket, closed, heard };
}

function withoutDates(answers: string): string {
  return answers
    .replace(/date: [^\r]*/gi, 'date')
    .toLowerCase()
    .replace(/x-request-id: [^\r]*/g, 'id');
}

describe('a plain request', () => {
  test('is answered as one is that Node reads, but for the order of headers', async () => {
    const { port, held } = await testApp();
    answerAll(held);
    const fieldsOf = (answer: string) => withoutDates(answer).split('\r\n').toSorted();
    const [plain, chunked] = [await untilClosed(port, PLAIN, LAST), await untilClosed(port, CHUNKED, LAST)];
    expect(fieldsOf(plain)).toEqual(fieldsOf(chunked));
    expect(plain).toContain('released');
  });

  test('may come with others after it; all are answered in their order', async () => {
    const { port, held } = await testApp();
    answerAll(held);
    const received = await untilClosed(port, PLAIN + PLAIN + CHUNKED + PLAIN + LAST);
    expect(received.match(/HTTP\/1.1 200/g)).toHaveLength(5);
    expect(received.match(/released/g)).toHaveLength(4);
    expect(received).toMatch(/released[\s\S]*"healthy"/);
  });

  test('may come in pieces', async () => {
    const { port, held } = await testApp();
    answerAll(held);
    const { socket, heard } = connect(port);
    for (const [n, character] of [...PLAIN].entries()) {
      socket.write(character);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await heard('released');
    socket.destroy();
  });

  test('that does not come at once is left to Node, with its time-outs', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    const { port, held, app } = await testApp();
    answerAll(held);
    const { socket, heard } = connect(port);
    const seen = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
    socket.write(PLAIN.slice(0, 30));
    const accepted = await seen;
    await expect.poll(() => accepted.bytesRead).toBe(30);
    vi.advanceTimersByTime(1500);
    socket.write(PLAIN.slice(30));
    await heard('released');
    // Node writes the name with a capital.
    await heard(/\r\nDate: /);
    socket.destroy();
  });

  test('whose client leaves is over, and the process lives on', async () => {
    const { port, held, lines } = await testApp();
    const { socket, closed } = connect(port);
    socket.write(PLAIN);
    await expect.poll(() => held.length).toBe(1);
    socket.destroy();
    await closed;
    await expect.poll(() => lines.join(''), { timeout: 5000 }).toContain('"status":499');
    held[0]?.();
    expect(await exchange(port, LAST)).toContain('"healthy"');
  });
});

describe('a connection', () => {
  test('that is silent at first may speak either protocol', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    const { port, held, app } = await testApp();
    answerAll(held);
    for (const [first, answer] of [
      [PLAIN, 'released'],
      // The first frame of HTTP/2 is SETTINGS: 24 bytes of type 4.
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', '\0\0\x18\x04'],
    ] as const) {
      const seen = new Promise((resolve) => app.server.once('connection', resolve));
      const { socket, heard } = connect(port);
      await seen;
      vi.advanceTimersByTime(5000);
      socket.write(first);
      await heard(answer);
      socket.destroy();
    }
  });

  test('that stays silent, or within the preface of HTTP/2, is told that it took too long', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    const { port, app } = await testApp();
    for (const first of ['', 'PRI * HT']) {
      const seen = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
      const { socket, heard } = connect(port);
      const accepted = await seen;
      socket.write(first);
      await expect.poll(() => accepted.bytesRead).toBe(first.length);
      vi.advanceTimersByTime(10_500);
      await heard('FLT_REQUEST_TIMEOUT');
      socket.destroy();
    }
  });

  test('that ends within a request is told so', async () => {
    const { port } = await testApp();
    expect(await exchange(port, PLAIN.slice(0, 25))).toMatch(/^HTTP\/1.1 400 [\s\S]*within its head/);
    expect(await exchange(port, PLAIN.slice(0, -1))).toMatch(/^HTTP\/1.1 400 [\s\S]*FLT_BODY_INCOMPLETE/);
  });

  test('on which nothing happens is closed after its time', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    const { port, held } = await testApp({ FLOTILLA_KEEP_ALIVE_MS: '5000', FLOTILLA_UPSTREAM_IDLE_MS: '1000' });
    answerAll(held);
    const { socket, heard, closed } = connect(port);
    socket.write(PLAIN);
    await heard('released');
    vi.advanceTimersByTime(6000);
    await closed;
  });

  test('that is idle is closed when the process stops; one that waits for its answer gets it first', async () => {
    const { app, port, held } = await testApp();
    const idle = connect(port);
    const busy = connect(port);
    idle.socket.write(PLAIN);
    await expect.poll(() => held.length).toBe(1);
    held[0]?.();
    await idle.heard('released');
    busy.socket.write(PLAIN);
    await expect.poll(() => held.length).toBe(2);
    const stopped = app.close();
    await idle.closed;
    held[1]?.();
    await busy.heard(/connection: close[\s\S]*released/);
    await busy.closed;
    await stopped;
  });
});
