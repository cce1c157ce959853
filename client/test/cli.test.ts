import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TABLE_COLUMNS } from '@flotilla/terminal/tables';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FakeFleet } from './support/fake-fleet.js';
import { TemporaryFolder } from './support/files.js';
import { naiveReport } from './support/naive-count.js';

const MAIN = fileURLToPath(new URL('../../bundle/client/main.cjs', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../datasets/sample.txt', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled program, its output going to pipes. */
function flotilla(...args: string[]): Promise<Ended> {
  const env = { ...process.env, FLOTILLA_STATE_DIR: folder.path };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

let folder: TemporaryFolder;
let fleet: FakeFleet;
let closedUrl: string;
beforeAll(async () => {
  folder = await TemporaryFolder.make();
  fleet = await FakeFleet.start();
  closedUrl = await urlWhereNothingListens();
});
afterEach(() => {
  fleet.faults.length = 0;
  fleet.seen.length = 0;
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function urlWhereNothingListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const toFleet = () => [...toEntryPoint(), '--report-url', fleet.origin];
const toEntryPoint = () => ['--url', fleet.origin];

describe('flotilla process', () => {
  test('prints the report of the whole file, and a table of its chunks, as plain text', async () => {
    const ended = await flotilla('process', 'sample.txt', '--parallel', '4', ...toFleet());
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain(naiveReport(await readFile(SAMPLE, 'utf8')));
    expect(ended.stdout).toContain('in 4 chunks');
    expect(ended.stdout).toMatch(/Speed-up +\d/);
    expect(ended.stdout).not.toContain('\u001b');
    for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(TABLE_COLUMNS);
  });

  test('gives one JSON document with --json, the frequencies in it when asked for', async () => {
    const file = await folder.write('own.txt', 'one fish, two fish');
    const ended = await flotilla('process', file, '--json', '--include-frequencies', ...toFleet());
    expect(ended.code).toBe(0);
    const { files } = JSON.parse(ended.stdout);
    expect(files).toMatchObject([
      { file, word_count: 4, unique_words: 3, word_frequencies: { fish: 2, one: 1, two: 1 } },
    ]);
  });

  test('goes on after a file that fails, and ends with 1', async () => {
    const missing = path.join(folder.path, 'missing.txt');
    const ended = await flotilla('process', missing, 'sample.txt', ...toFleet());
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('there is no file');
    expect(ended.stdout).toContain('sample.txt');
  });

  test('shows the code, the detail and the request id of a refusal, and no stack', async () => {
    fleet.faults.push({ code: 'FLT_TOO_MANY_UNIQUE_WORDS' });
    const ended = await flotilla('process', 'sample.txt', '--parallel', '1', ...toFleet());
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('FLT_TOO_MANY_UNIQUE_WORDS (422)');
    expect(ended.stderr).toContain(`Request id: ${fleet.seen[0]?.requestId}`);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  test('says how to start a fleet that is not up', async () => {
    const ended = await flotilla('process', 'sample.txt', '--url', closedUrl);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('make up-parallel');
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  test('goes on at another address where one gives no answer, and says so once', async () => {
    const urls = ['--url', `${closedUrl},${fleet.origin}`, '--report-url', `${fleet.origin},${closedUrl}`];
    const ended = await flotilla('process', 'sample.txt', '--parallel', '8', ...urls);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(naiveReport(await readFile(SAMPLE, 'utf8')));
    expect(ended.stderr).toBe(`note: nothing listens at ${closedUrl}; going on with another address\n`);
  });

  test('tells an error in JSON, too', async () => {
    const ended = await flotilla('process', 'sample.txt', '--json', '--url', closedUrl);
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout).files[0].error).toMatchObject({ fix: expect.stringContaining('make up-parallel') });
  });

  test('refuses options that make no sense', async () => {
    for (const wrong of [
      ['--parallel', '0'],
      ['--parallel', 'x'],
      ['--timeout', '-1'],
      ['--max-body', 'much'],
      ['--transport', 'pigeon'],
    ]) {
      expect((await flotilla('process', 'sample.txt', ...wrong)).code).toBe(1);
    }
    const ended = await flotilla('process', 'sample.txt', '--url', 'fleet');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('http://host:port') });
  });
});

describe.each(['grpc', 'connect'])('flotilla --transport %s', (transport) => {
  const via = ['--transport', transport];
  const ways = () => [...new Set(fleet.seen.map(({ way }) => way))];

  test('process prints what it prints over REST', async () => {
    const rest = await flotilla('process', 'sample.txt', ...toFleet());
    fleet.seen.length = 0;
    const ended = await flotilla('process', 'sample.txt', ...via, ...toFleet());
    expect(ways()).toEqual([transport]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const withoutTimes = (text: string) => text.replaceAll(/\d+(\.\d+)?( ms| s|x)/g, '').replaceAll(/ +/g, ' ');
    expect(withoutTimes(ended.stdout)).toBe(withoutTimes(rest.stdout));
  });

  test('goes on at another address, and tells a refusal as REST does', async () => {
    const urls = ['--url', `${closedUrl},${fleet.origin}`, '--report-url', `${closedUrl},${fleet.origin}`];
    const moved = await flotilla('process', 'sample.txt', ...via, ...urls);
    const note = `note: nothing listens at ${closedUrl}; going on with another address\n`;
    expect(moved).toMatchObject({ code: 0, stderr: note });
    fleet.faults.push({ code: 'FLT_TOO_MANY_UNIQUE_WORDS' });
    const refused = await flotilla('process', 'sample.txt', '--parallel', '1', '--json-body', ...via, ...toFleet());
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: FLT_TOO_MANY_UNIQUE_WORDS \(422\): .*\n +Request id: \S+\n$/);
  });

  test('benchmark, compare and large-test send by it', async () => {
    const kept = path.join(folder.path, `${transport}.json`);
    const small = ['--iterations', '4', '--warm-up', '4', '--connections', '2', '--duration', '1'];
    for (const [command, ...options] of [
      ['benchmark', 'sample.txt', ...small, '--save', kept, ...toEntryPoint()],
      ['compare', 'sample.txt', '--runs', '1', ...toFleet()],
      ['large-test', '--size', '300KB', '--state-dir', folder.path, ...toFleet()],
    ] as const) {
      const ended = await flotilla(command, ...options, ...via);
      expect(ended, command).toMatchObject({ code: 0, stderr: '' });
    }
    expect(ways()).toEqual([transport]);
    expect(JSON.parse(await readFile(kept, 'utf8'))).toMatchObject({
      transport,
      batches: { success_rate: 1 },
      sustained: [{ connections: 2, connection_errors: 0, other_status: 0, wrong_answer: null }],
    });
    const over = await folder.write('rest.json', (await readFile(kept, 'utf8')).replace(/"transport": "\w+",/, ''));
    const compared = await flotilla('benchmark-compare', over, kept);
    expect(compared.stdout).toMatch(new RegExp(`Figure +unknown, rest +unknown, ${transport} `));
  });
});

describe('flotilla compare', () => {
  test('shows 1, 2 and 4 pipelines beside what the cores allow', async () => {
    const text = await flotilla('compare', 'sample.txt', '--runs', '1', ...toFleet());
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('All runs gave the same report.');
    const json = await flotilla('compare', 'sample.txt', '--runs', '2', '--json', ...toFleet());
    const { pipelines } = JSON.parse(json.stdout);
    expect(pipelines.map((each: { pipelines: number }) => each.pipelines)).toEqual([1, 2, 4]);
    expect(pipelines.map((each: { times_ms: number[] }) => each.times_ms.length)).toEqual([2, 2, 2]);
  });
});

describe('flotilla benchmark', () => {
  test('keeps its result, which benchmark-compare lays beside another one', async () => {
    const kept = ['one.json', 'two.json'].map((name) => path.join(folder.path, name));
    const options = ['--iterations', '4', '--batch', '2', '--connections', '2', '--duration', '1'];
    for (const file of kept) {
      const ended = await flotilla('benchmark', 'sample.txt', ...options, '--save', file, ...toEntryPoint());
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toContain('sum of latencies / (wall time x batch)');
      expect(ended.stdout).not.toContain('\u001b');
      for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(TABLE_COLUMNS);
    }
    const compared = await flotilla('benchmark-compare', ...kept);
    expect(compared.stdout).toMatch(/Requests\/s .*x/);
    const json = await flotilla('benchmark-compare', ...kept, '--json');
    const { figures } = JSON.parse(json.stdout);
    expect(figures.find((row: { figure: string }) => row.figure === 'Success')).toMatchObject({ first: 1, second: 1 });
    expect(figures.map((row: { figure: string }) => row.figure)).toContain('2 connections: requests/s');
  });

  test('ends with 1 when an answer is wrong', async () => {
    fleet.faults.push('miscount');
    const ended = await flotilla('benchmark', 'sample.txt', '--no-sustained', '--warm-up', '0', ...toEntryPoint());
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('1 of 20 requests failed: wrong answer');
    expect(ended.stdout).toContain('95.0 %');
  });

  test('refuses to compare what is not a benchmark', async () => {
    const ended = await flotilla('benchmark-compare', SAMPLE, SAMPLE);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('not the result of a benchmark') });
  });
});

describe('flotilla large-test', () => {
  test('finds both ways right, says that there is no memory to be had, and leaves no file behind', async () => {
    const before = await readdir(tmpdir());
    const ended = await flotilla('large-test', '--size', '300KB', ...toFleet());
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/2-way .* right\n *4-way .* right/);
    expect(ended.stdout).toContain(`memory cannot be told: there is no state of a local fleet in ${folder.path}`);
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith('flotilla-large-'));
    expect(left.filter((name) => !before.includes(name))).toEqual([]);
  });

  test('ends with 1 when a count is not the one made here', async () => {
    const file = await folder.write('large.txt', 'the boats of the harbour '.repeat(500));
    fleet.faults.push('lose-a-word');
    const ended = await flotilla('large-test', file, '--json', '--state-dir', folder.path, ...toFleet());
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout).runs.map((run: { right: boolean }) => run.right)).toEqual([false, true]);
  });
});

describe('flotilla dataset', () => {
  test('writes the same text for the same seed', async () => {
    const files = ['one.txt', 'two.txt', 'other.txt'].map((name) => path.join(folder.path, name));
    const seeds = ['7', '7', '8'];
    for (const [index, file] of files.entries()) {
      const ended = await flotilla('dataset', '--size', '20KB', '--seed', seeds[index] ?? '', '--out', file, '--json');
      expect(JSON.parse(ended.stdout)).toMatchObject({ file, size_bytes: 20_000 });
    }
    const [one, two, other] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    expect(one).toBe(two);
    expect(one).not.toBe(other);
  });
});

describe('flotilla stats', () => {
  test('says how to start a fleet when no balancer answers', async () => {
    // The highest offset there is: ports 65061 to 65064, on an address of its own.
    const ended = await flotilla('stats', '--url', 'http://127.213.77.1:1', '--port-offset', '57000');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('make up-parallel') });
  });
});

describe('flotilla', () => {
  test('lists its commands', async () => {
    const ended = await flotilla('--help');
    expect(ended.code).toBe(0);
    const commands = ['process', 'benchmark', 'benchmark-compare', 'compare', 'large-test', 'stats', 'dataset'];
    for (const command of commands) expect(ended.stdout).toContain(`  ${command} `);
  });

  test('does not know other commands', async () => {
    expect((await flotilla('destroy')).code).toBe(1);
  });
});
