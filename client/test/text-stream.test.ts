import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findText } from '../src/find-text.js';
import { TextStream } from '../src/text-stream.js';
import { FakeFleet } from './support/fake-fleet.js';
import { TemporaryFolder } from './support/files.js';
import { naiveCount } from './support/naive-count.js';
import { anyText } from './support/texts.js';

const MAIN = fileURLToPath(new URL('../../bundle/client/main.cjs', import.meta.url));
const DEADLINE_MS = 30_000;

let folder: TemporaryFolder;
let fleet: FakeFleet;
beforeAll(async () => {
  folder = await TemporaryFolder.make();
  fleet = await FakeFleet.start();
});
afterEach(() => {
  fleet.faults.length = 0;
  fleet.seen.length = 0;
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

let pipes = 0;
function makePipe(): string {
  const pipe = path.join(folder.path, `pipe-${pipes++}`);
  execFileSync('mkfifo', [pipe]);
  return pipe;
}

/** Starts the program. */
function begin(name: string, ...args: string[]) {
  const toFleet = ['--url', fleet.origin, '--report-url', fleet.origin];
  const child = spawn(process.execPath, [MAIN, 'process', name, '--json', ...toFleet, ...args]);
  // A reader that ends early reads no more of it.
  child.stdin.on('error', () => {});
  const read = async (stream: Readable) => Buffer.concat(await stream.toArray()).toString();
  const ended = Promise.all([once(child, 'close'), read(child.stdout), read(child.stderr)]).then(
    ([[code, signal], stdout]) => ({ code, signal, result: JSON.parse(stdout).files?.[0] ?? JSON.parse(stdout) }),
  );
  return { child, ended };
}

async function piecesOf(text: Buffer, pieceBytes: number, chunkBytes: number): Promise<Buffer[]> {
  const pipe = makePipe();
  using stream = TextStream.open(await findText(pipe), AbortSignal.timeout(DEADLINE_MS));
  const writer = createWriteStream(pipe, { highWaterMark: chunkBytes });
  const chunks = Array.from({ length: Math.ceil(text.length / chunkBytes) }, (_, i) =>
    text.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );
  Readable.from(chunks).pipe(writer);
  const pieces: Buffer[] = [];
  for await (const { bytes, start } of stream.pieces(pieceBytes)) {
    expect(start).toBe(pieces.reduce((sum, chunk) => sum + chunk.length, 0));
    pieces.push(bytes);
  }
  expect(stream.sizeBytes).toBe(text.length);
  return pieces;
}

describe('TextStream', () => {
  test('cuts at white space, loses nothing, and counts as the whole does, however it comes', async () => {
    const sizes = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(anyText, sizes, sizes, async (text, pieceBytes, chunkBytes) => {
        fc.pre(text !== '');
        const pieces = await piecesOf(Buffer.from(text), pieceBytes, chunkBytes);
        expect(Buffer.concat(pieces).toString()).toBe(text);
        const counts = new Map<string, number>();
        for (const chunk of pieces) {
          for (const [word, count] of naiveCount(chunk.toString())) counts.set(word, (counts.get(word) ?? 0) + count);
        }
        expect(counts).toEqual(naiveCount(text));
      }),
      { numRuns: 60 },
    );
  });

  test('says which byte is not UTF-8', async () => {
    const text = Buffer.concat([Buffer.from('some words and then '), Buffer.from([0x61, 0xff])]);
    await expect(piecesOf(text, 8, 3)).rejects.toThrow('the byte 0xff at offset 21 is wrong there');
  });
});

describe('flotilla process', () => {
  const text = 'One fish, two fish ❤️ red fish: blue fish.\n'.repeat(30_000);
  const words = naiveCount(text);
  const expected = {
    word_count: [...words.values()].reduce((sum, count) => sum + count, 0),
    unique_words: words.size,
    size_bytes: Buffer.byteLength(text),
  };

  test.each(['rest', 'grpc', 'connect'])('counts what comes on standard input: %s', async (transport) => {
    const { child, ended } = begin('-', '--parallel', '1000', '--transport', transport);
    child.stdin.end(text);
    expect(await ended).toMatchObject({ code: 0, result: { file: '-', ...expected } });
    expect(fleet.seen.length).toBeGreaterThan(5);
    expect(new Set(fleet.seen.map(({ requestId }) => requestId)).size).toBe(fleet.seen.length);
  });

  test.each([[[]], [['--json-body', '--max-body', '200KB']]])('counts what comes on /dev/stdin: %j', async (args) => {
    const { child, ended } = begin('/dev/stdin', ...args);
    child.stdin.end(text);
    expect(await ended).toMatchObject({ code: 0, result: expected });
  });

  test('counts what comes through a named pipe, whose writer comes late', async () => {
    const pipe = makePipe();
    const { ended } = begin(pipe);
    createWriteStream(pipe).end(text);
    expect(await ended).toMatchObject({ code: 0, result: { file: pipe, ...expected } });
  });

  test('counts what the shell hands over as a file, though its writer has left', async () => {
    const command = `exec 5< <(printf 'one two two'); exec "$0" "$1" process /dev/fd/5 --json --url "$2"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', command, process.execPath, MAIN, fleet.origin]);
    expect(JSON.parse(stdout).files).toMatchObject([{ word_count: 3, unique_words: 2 }]);
  });

  test('sends a piece again when no answer comes', async () => {
    fleet.faults.push('reset', { code: 'FLT_OVERLOADED' });
    const { child, ended } = begin('-');
    child.stdin.end(text);
    expect(await ended).toMatchObject({ code: 0, result: { ...expected, chunks: [{ tries: 3 }] } });
  });

  test('an empty stream is told', async () => {
    const { child, ended } = begin('-');
    child.stdin.end();
    expect(await ended).toMatchObject({
      code: 1,
      result: { error: { message: '- is empty: there is nothing to count' } },
    });
  });

  test('a refusal ends it, though the text goes on', async () => {
    fleet.faults.push({ code: 'FLT_TOO_MANY_UNIQUE_WORDS' });
    const { child, ended } = begin('-', '--parallel', '1024');
    // More than a piece, and no end.
    child.stdin.write(text);
    expect(await ended).toMatchObject({ code: 1, result: { error: { code: 'FLT_TOO_MANY_UNIQUE_WORDS' } } });
  });

  test.each([
    ['a named pipe without a writer', 'SIGINT'],
    ['a named pipe without a writer', 'SIGTERM'],
    ['standard input that stands still', 'SIGINT'],
    ['standard input that stands still', 'SIGTERM'],
  ] as const)('the first signal ends the wait for %s: %s', async (what, signal) => {
    const isPipe = what.startsWith('a named');
    const name = isPipe ? makePipe() : '-';
    const { child, ended } = begin(name, '--parallel', '1024');
    // Some of a text, and no end.
    if (!isPipe) child.stdin.write(text);
    await waitFor(() => (isPipe ? openFiles(child.pid).includes(name) : fleet.seen.length > 0));
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 1, signal: null, result: { error: { message: 'interrupted' } } });
  });

  test.each(['socket', 'folder', 'device'])('a %s is refused in one sentence', async (kind) => {
    const socket = path.join(folder.path, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const name = { socket, folder: folder.path, device: '/dev/zero' }[kind] ?? '';
    const { ended } = begin(name);
    expect(await ended).toMatchObject({
      code: 1,
      result: { error: { message: `${name} is a ${kind}, and no text to read` } },
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

function openFiles(pid: number | undefined): string[] {
  const folderOfFiles = `/proc/${pid}/fd`;
  return readdirSync(folderOfFiles).flatMap((each) => {
    try {
      return [readlinkSync(path.join(folderOfFiles, each))];
    } catch {
      // It was closed meanwhile.
      return [];
    }
  });
}

async function waitFor(holds: () => boolean): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
