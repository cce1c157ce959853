import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startFailingServer } from '../src/fault-proxy/failing-server.js';
import { FaultProxy } from '../src/fault-proxy/fault-proxy.js';

/** What a caller saw of one connection. */
class Client {
  readonly #socket: Socket;
  received = '';
  /** Undefined: still open. */
  end: 'ended' | 'reset' | 'refused' | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void this.#socket.destroy());
    this.#socket.on('data', (chunk) => this.#changed(() => (this.received += chunk)));
    this.#socket.on('end', () => this.#changed(() => (this.end = 'ended')));
    this.#socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      this.#changed(() => (this.end = code === 'ECONNREFUSED' ? 'refused' : 'reset')),
    );
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  endSending(): void {
    this.#socket.end();
  }

  waitFor(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!holds()) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }

  #changed(change: () => void): void {
    change();
    for (const watcher of this.#watchers) watcher();
  }
}

/** Answers each piece with twice the same, in capitals. */
let instance: Server;
let arrived: string;
let proxy: FaultProxy;

beforeEach(async () => {
  arrived = '';
  const sockets = new Set<Socket>();
  instance = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => {
      arrived += chunk;
      socket.write(String(chunk).toUpperCase().repeat(2));
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
  });
  instance.listen(0, '127.0.0.1');
  await once(instance, 'listening');
  proxy = await FaultProxy.listen({ targetPort: (instance.address() as AddressInfo).port });
  return async () => {
    await proxy.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => instance.close(resolve));
  };
});

/** A client that has had an answer already: its connection is a kept one. */
async function connected(): Promise<Client> {
  const client = new Client(proxy.port);
  client.send('hi');
  await client.waitFor(() => client.received === 'HIHI');
  client.received = '';
  return client;
}

describe('without a fault', () => {
  test('bytes and ends pass both ways', async () => {
    const client = await connected();
    client.send('more');
    await client.waitFor(() => client.received === 'MOREMORE');
    client.endSending();
    await client.waitFor(() => client.end === 'ended');
    expect(proxy.bites).toBe(0);
  });

  test('a megabyte is the same on the other side', async () => {
    const client = await connected();
    client.send('x'.repeat(1_000_000));
    await client.waitFor(() => client.received.length === 2_000_000);
    expect(client.received).toBe('X'.repeat(2_000_000));
  });
});

describe('refuse', () => {
  test('new connections are refused and open ones reset; afterwards the port is the same', async () => {
    const client = await connected();
    const { port } = proxy;
    await proxy.set({ kind: 'refuse' });
    await client.waitFor(() => client.end === 'reset');
    const refused = new Client(port);
    await refused.waitFor(() => refused.end === 'refused');
    expect(proxy.bites).toBeGreaterThan(0);
    await proxy.set({ kind: 'none' });
    expect(proxy.port).toBe(port);
    await connected();
  });
});

describe('reset', () => {
  test('after so many bytes of the answer, on a kept connection too', async () => {
    const client = await connected();
    await proxy.set({ kind: 'reset', side: 'response', afterBytes: 5 });
    client.send('abcd');
    await client.waitFor(() => client.end === 'reset');
    expect(client.received).toBe('ABCDA');
    expect(proxy.bites).toBe(1);
  });

  test('an answer that is shorter passes', async () => {
    const client = await connected();
    await proxy.set({ kind: 'reset', side: 'response', afterBytes: 8 });
    for (const _ of [1, 2, 3]) {
      client.received = '';
      client.send('abcd');
      await client.waitFor(() => client.received === 'ABCDABCD');
    }
    expect(proxy.bites).toBe(0);
  });

  test('after so many bytes of the request: the instance has only them', async () => {
    const client = await connected();
    arrived = '';
    await proxy.set({ kind: 'reset', side: 'request', afterBytes: 3 });
    client.send('abcdef');
    await client.waitFor(() => client.end === 'reset');
    expect(['', 'abc']).toContain(arrived);
  });
});

describe('black hole', () => {
  test('nothing is read or answered on open and new connections, until it ends', async () => {
    const kept = await connected();
    await proxy.set({ kind: 'black-hole' });
    arrived = '';
    const fresh = new Client(proxy.port);
    kept.send('kept');
    fresh.send('fresh');
    // Another connection's bytes take the same way meanwhile, so that these have had their time.
    const other = await FaultProxy.listen({ targetPort: proxy.targetPort });
    onTestFinished(() => other.close());
    const witness = new Client(other.port);
    witness.send('w');
    await witness.waitFor(() => witness.received === 'WW');
    expect([arrived, kept.received, fresh.received]).toEqual(['w', '', '']);
    expect(proxy.bites).toBeGreaterThan(0);
    await proxy.set({ kind: 'none' });
    await kept.waitFor(() => kept.received === 'KEPTKEPT');
    await fresh.waitFor(() => fresh.received === 'FRESHFRESH');
  });
});

describe('drip', () => {
  test('the answer comes a few bytes at a time, all of it and in order', async () => {
    const client = await connected();
    await proxy.set({ kind: 'drip', side: 'response', bytes: 3, intervalMs: 10 });
    client.send('abcdefgh');
    const lengths = new Set<number>();
    await client.waitFor(() => {
      lengths.add(client.received.length);
      return client.received.length === 16;
    });
    expect(client.received).toBe('ABCDEFGHABCDEFGH');
    expect(lengths.size).toBeGreaterThan(2);
  });

  test('what still waits comes at once when it ends', async () => {
    const client = await connected();
    await proxy.set({ kind: 'drip', side: 'response', bytes: 1, intervalMs: 1_000_000 });
    client.send('abcd');
    await expect.poll(() => proxy.bites).toBeGreaterThan(0);
    expect(client.received).toBe('');
    await proxy.set({ kind: 'none' });
    await client.waitFor(() => client.received === 'ABCDABCD');
  });
});

describe('half-close', () => {
  test('the answer ends too early; the other way stays open', async () => {
    const client = await connected();
    await proxy.set({ kind: 'half-close', afterBytes: 3 });
    client.send('abcd');
    await client.waitFor(() => client.end === 'ended');
    expect(client.received).toBe('ABC');
    arrived = '';
    client.send('more');
    await expect.poll(() => arrived).toBe('more');
  });
});

describe('delay', () => {
  test('an answer comes no earlier, and in order', async () => {
    const client = await connected();
    await proxy.set({ kind: 'delay', delayMs: 30 });
    const startMs = performance.now();
    client.send('a');
    client.send('b');
    await client.waitFor(() => client.received.length === 4);
    expect(client.received).toBe('AABB'.slice(0, 4));
    // Timers may fire up to a millisecond early.
    expect(performance.now() - startMs).toBeGreaterThan(28);
  });
});

describe('redirect', () => {
  test('a server that always fails answers calls of gRPC with INTERNAL', async () => {
    const standIn = await startFailingServer();
    onTestFinished(() => standIn.close());
    const session = connectHttp2(`http://127.0.0.1:${standIn.port}`);
    onTestFinished(() => session.destroy());
    for (let n = 0; n < 2; n++) {
      const stream = session.request({ ':method': 'POST', ':path': '/pipeline.AnalysisService/AnalyzeText' });
      stream.end('x');
      const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      expect(head).toMatchObject({ ':status': 200, 'grpc-status': '13' });
    }
  });

  test('a server that always fails stands in the instance’s place; its health is good', async () => {
    const standIn = await startFailingServer();
    onTestFinished(() => standIn.close());
    const kept = await connected();
    await proxy.set({ kind: 'redirect', port: standIn.port });
    await kept.waitFor(() => kept.end === 'reset');
    const url = `http://127.0.0.1:${proxy.port}`;
    const work = await fetch(`${url}/process`, { method: 'POST', body: '{}' });
    expect(work.status).toBe(500);
    await work.text();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await proxy.set({ kind: 'none' });
    await connected();
  });
});

test('an instance that is down: the connection is reset', async () => {
  const down = await FaultProxy.listen({ targetPort: 1 });
  onTestFinished(() => down.close());
  const client = new Client(down.port);
  await client.waitFor(() => client.end === 'reset');
});
