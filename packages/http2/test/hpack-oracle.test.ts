import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Client, listening, serve, waitFor } from './peers.js';

/** Node's implementation sends Huffman's code, keeps fields in its table, and changes the table's size. */
const TABLES = [0, 64, 300, 4096, 65_536];

const ownName = fc.oneof(
  fc.constantFrom('x-a', 'x-b', 'accept', 'user-agent', 'accept-language', 'cache-control'),
  fc.stringMatching(/^[a-z][a-z0-9_.~-]{1,30}$/).map((name) => `x-${name}`),
);
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const ownValue = fc.oneof(
  fc.constantFrom('*/*', 'a', 'the same again', 'no-cache', 'v'.repeat(700)),
  fc.string({ unit: visible, minLength: 1, maxLength: 60 }),
);
const lists = fc.array(
  fc
    .uniqueArray(fc.tuple(ownName, ownValue), { maxLength: 10, selector: ([name]) => name })
    .map((pairs) => pairs.flat()),
  { minLength: 20, maxLength: 40 },
);
const [sample] = fc.sample(lists, 1) as [string[][]];

/** A list of names and values as Node takes it. */
function asHeaders(fields: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < fields.length; i += 2) headers[fields[i] as string] = fields[i + 1] as string;
  return headers;
}

const ownOf = (fields: readonly string[]) => {
  const own: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    if (!name.startsWith(':') && !['host', 'date', 'te'].includes(name)) own.push(name, fields[i + 1] as string);
  }
  return own;
};

describe('fields between our implementation and Node’s', () => {
  it.each(TABLES)(
    'arrive at our server as they were sent, and answers at Node’s client: table %i',
    async (headerTableSize) => {
      const served = await serve(({ stream, head }, watcher) => {
        const own = ownOf(head.fields);
        stream.resume();
        stream.sendHead([':status', '200', ...own], false);
        watcher.does.end = () => stream.end(Buffer.from('body'), own);
        if (watcher.ends > 0) watcher.does.end();
      });
      const session = http2.connect(`http://127.0.0.1:${served.port}`, { settings: { headerTableSize } });
      onTestFinished(() => session.destroy());
      for (const fields of sample) {
        const stream = session.request(asHeaders(fields));
        const seen = await new Promise<{ head: string[]; trailers: string[] }>((resolve, reject) => {
          let head: string[] = [];
          let trailers: string[] = [];
          stream.on('response', (_headers, _flags, raw: unknown) => (head = raw as string[]));
          stream.on('trailers', (_headers, _flags, raw: unknown) => (trailers = raw as string[]));
          stream.on('end', () => resolve({ head, trailers })).on('error', reject);
          stream.resume();
        });
        expect(ownOf(served.requests.at(-1)?.request.head.fields ?? [])).toEqual(fields);
        expect(ownOf(seen.head)).toEqual(fields);
        expect(seen.trailers).toEqual(fields);
      }
    },
  );

  it.each(TABLES)(
    'arrive at Node’s server as they were sent, and answers at our client: table %i',
    async (headerTableSize) => {
      const server = http2.createServer({ settings: { headerTableSize } });
      let requested: string[] = [];
      server.on('stream', (stream, headers, _flags, raw) => {
        requested = raw as unknown as string[];
        const own = asHeaders(ownOf(Object.entries(headers).flat() as string[]));
        stream.on('wantTrailers', () => stream.sendTrailers(own));
        stream.respond({ ':status': 200, ...own }, { waitForTrailers: true });
        stream.end('body');
      });
      await listening(server as never);
      onTestFinished(() => void server.close());
      const client = await Client.to((server.address() as AddressInfo).port);
      for (const fields of sample) {
        const watcher = client.request('GET', undefined, fields);
        await waitFor(() => watcher.isClosed);
        expect(watcher.ending).toBe('whole');
        expect(ownOf(requested)).toEqual(fields);
        expect(ownOf(watcher.heads[0]?.fields ?? [])).toEqual(fields);
        expect(watcher.text).toBe('body');
        expect(watcher.trailers).toEqual(fields);
      }
    },
  );
});
