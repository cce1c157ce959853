import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, lstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const BUNDLE = fileURLToPath(new URL('../../bundle', import.meta.url));
const FULL = '/dev/full';
const folder = mkdtempSync(path.join(tmpdir(), 'flotilla-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program. @param stdout - A file descriptor; undefined: a pipe whose reader is gone. */
async function run(program: string, args: string[], stdout?: number) {
  const env = { ...process.env, FLOTILLA_STATE_DIR: path.join(folder, 'state') };
  const main = path.join(BUNDLE, program, 'main.cjs');
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', stdout ?? 'pipe', 'pipe'] });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

const programs: [string, string[]][] = [
  ['client', ['--help']],
  ['client', ['dataset', '--size', '1KB', '--out', path.join(folder, 'text.txt')]],
  ['client', ['dataset', '--size', '1KB', '--out', path.join(folder, 'text.txt'), '--json']],
  ['runtime', ['--help']],
  ['runtime', ['status']],
  ['chaos', ['scenarios']],
];

describe.runIf(existsSync(FULL))('output that cannot be written', () => {
  test.each(programs)('is told in one sentence: %s %j', async (program, args) => {
    const full = openSync(FULL, 'w');
    const ended = await run(program, args, full);
    closeSync(full);
    expect(ended).toEqual({ code: 1, stderr: 'error: cannot write to standard output: no space left on device\n' });
  });

  test('a file that cannot be written is named, and what is not ours is not removed', async () => {
    const output = path.join(folder, 'output');
    const descriptor = openSync(output, 'w');
    const ended = await run('client', ['dataset', '--size', '1KB', '--out', FULL], descriptor);
    closeSync(descriptor);
    expect(ended).toEqual({ code: 1, stderr: `error: cannot write ${FULL}: no space left on device\n` });
    expect(readFileSync(output, 'utf8')).toBe('');
    expect(lstatSync(FULL).isCharacterDevice()).toBe(true);
  });
});

test.each(programs)('a reader that has gone away is no failure: %s %j', async (program, args) => {
  expect(await run(program, args)).toEqual({ code: 0, stderr: '' });
});

test('a folder is no file to write to', async () => {
  const ended = await run('client', ['dataset', '--size', '1KB', '--out', folder]);
  expect(ended).toEqual({ code: 1, stderr: `error: cannot write ${folder}: illegal operation on a directory\n` });
});

test.each(['rest', 'grpc', 'connect'])('TLS to what speaks none is told as such: %s', async (transport) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ended = await run('client', ['process', 'sample.txt', '--url', url, '--transport', transport]);
  await new Promise((resolve) => server.close(resolve));
  expect(ended).toEqual({
    code: 1,
    stderr: `error: what listens at ${url} does not speak TLS\n  A fleet speaks no TLS itself: --url http://host:port\n`,
  });
});
