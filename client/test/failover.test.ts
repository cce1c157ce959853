import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { askInTurn } from '../src/failover.js';
import { getJson, type HttpOptions } from '../src/http.js';
import { ConnectionError, NoAnswerError, RefusedError } from '../src/problems.js';
import { send } from '../src/send.js';
import { Target } from '../src/target.js';
import { RestTransport } from '../src/transport/rest.js';

/** A fake of the world: what each address does to a request, and how often it was asked. */
function world(answers: Readonly<Record<string, () => string>>) {
  const asked: string[] = [];
  const ask = async (url: string) => {
    asked.push(url);
    return (answers[url] as () => string)();
  };
  return { asked, ask };
}

const http: HttpOptions = { dispatcher: new Agent(), timeoutMs: 10_000 };
const sender = { transport: new RestTransport(http.dispatcher), call: http };
const fails = (error: Error) => () => {
  throw error;
};
const refused = fails(new ConnectionError('nothing listens'));
const ok = () => 'ok';

describe('a target', () => {
  test('gives each address its turn', () => {
    const target = new Target(['a', 'b', 'c']);
    const orders = Array.from({ length: 4 }, () => target.order().join(''));
    expect(orders).toEqual(['abc', 'bca', 'cab', 'abc']);
  });

  test('has an address that failed asked last for a second, and in its turn again after that', () => {
    let nowMs = 0;
    const target = new Target(['a', 'b'], () => nowMs);
    target.failed('a');
    expect(Array.from({ length: 3 }, () => target.order().join(''))).toEqual(['ba', 'ba', 'ba']);
    nowMs = 1000;
    expect(Array.from({ length: 2 }, () => target.order().join('')).toSorted()).toEqual(['ab', 'ba']);
  });
});

describe('askInTurn', () => {
  test('spreads requests evenly over addresses that answer', async () => {
    const { asked, ask } = world({ a: ok, b: ok });
    const target = new Target(['a', 'b']);
    for (let n = 0; n < 10; n++) await askInTurn(target, http, ask);
    expect(asked.join('')).toBe('ababababab');
  });

  test('goes on to the next when a connection fails, says so, and spares the failed one', async () => {
    const { asked, ask } = world({ a: refused, b: ok, c: ok });
    const target = new Target(['a', 'b', 'c'], () => 0);
    const told: string[] = [];
    for (let n = 0; n < 4; n++) {
      const movedOn = ({ message }: Error) => told.push(message);
      expect(await askInTurn(target, { ...http, movedOn }, ask)).toBe('ok');
    }
    expect(asked.join('')).toBe('abbcb');
    expect(told).toEqual(['nothing listens']);
  });

  test('fails when none answers, each having been asked once', async () => {
    const { asked, ask } = world({ a: refused, b: refused });
    await expect(askInTurn(new Target(['a', 'b']), http, ask)).rejects.toThrow(ConnectionError);
    expect(asked).toEqual(['a', 'b']);
  });

  test.each([
    ['an answer that is an error', new RefusedError('', 503)],
    ['a try whose time is over', new NoAnswerError('')],
    ['a bug', new TypeError('')],
  ])('does not go on after %s', async (_what, error) => {
    const { asked, ask } = world({ a: fails(error), b: ok });
    await expect(askInTurn(new Target(['a', 'b']), http, ask)).rejects.toBe(error);
    expect(asked).toEqual(['a']);
  });
});

describe('send', () => {
  test('waits only after all addresses failed, and counts every try', async () => {
    const waits: number[] = [];
    const answers = [refused, refused, refused, ok];
    const ask = async () => (answers.shift() ?? ok)();
    const wait = async (ms: number) => void waits.push(ms);
    const sent = await send(new Target(['a', 'b']), { ...sender, random: () => 0.5, wait }, ask);
    expect(sent).toMatchObject({ result: 'ok', tries: 4 });
    expect(waits).toEqual([100]);
  });

  test('asks another address after a 503 and its wait', async () => {
    const { asked, ask } = world({ a: fails(new RefusedError('', 503)), b: ok });
    await send(new Target(['a', 'b']), { ...sender, random: () => 0, wait: async () => {} }, ask);
    expect(asked).toEqual(['a', 'b']);
  });
});

describe('a connection', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(handle: Parameters<typeof createServer>[1]): Promise<string> {
    const server = createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  test('that breaks off, before its answer or in it, is one that failed; a time-out is none', async () => {
    const cut = await serve((_request, response) => response.destroy());
    const half = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('{', () => response.destroy());
    });
    const whole = await serve((_request, response) => response.end('"whole"'));
    for (const broken of [cut, half, 'http://127.0.0.1:1/']) {
      const target = new Target([broken, whole]);
      expect(await askInTurn(target, http, (url) => getJson(url, http))).toBe('whole');
    }
    const silent = await serve(() => {});
    const slow = { ...http, timeoutMs: 50 };
    const asked = askInTurn(new Target([silent, whole]), slow, (url) => getJson(url, slow));
    await expect(asked).rejects.toMatchObject({ name: 'NoAnswerError' });
  });
});
