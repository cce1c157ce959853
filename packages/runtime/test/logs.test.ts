import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipelineFleet } from '@flotilla/topology';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleetFiles, logFile } from '../src/fleet/fleet-files.js';
import { type LogSelection, selectLogs } from '../src/fleet/log-selection.js';
import { LogFollower } from '../src/local/log-follower.js';
import { LogRotation, rotateLog } from '../src/local/log-rotation.js';
import { lineTimeMs, logSegments, mergeByTime, readSegments } from '../src/local/log-segments.js';
import { lastLines } from '../src/local/log-tail.js';
import { eventually } from './eventually.js';

class TemporaryDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'flotilla-logs-'));
  readonly log = join(this.path, 'service1a.log');

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function line(timeMs: number, msg: string): string {
  return JSON.stringify({ level: 30, time: timeMs, msg });
}

async function textsOf(log: string, lines = Number.POSITIVE_INFINITY): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of readSegments('service1a', await logSegments(log, lines))) texts.push(text);
  return texts;
}

describe('putting a log aside', () => {
  test('past its limit: the whole content is kept as .1, and the writer goes on from the beginning', async () => {
    using directory = new TemporaryDirectory();
    writeFileSync(directory.log, 'one\ntwo\n');
    expect(await rotateLog(directory.log, 8)).toBe(false);
    appendFileSync(directory.log, 'three\n');
    expect(await rotateLog(directory.log, 8)).toBe(true);
    appendFileSync(directory.log, 'four\n');
    expect(readFileSync(`${directory.log}.1`, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(readFileSync(directory.log, 'utf8')).toBe('four\n');
    expect(await textsOf(directory.log)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('content larger than its copying buffer arrives whole', async () => {
    using directory = new TemporaryDirectory();
    const content = 'x'.repeat(2_500_000);
    writeFileSync(directory.log, content);
    await rotateLog(directory.log, 1000);
    expect(readFileSync(`${directory.log}.1`, 'utf8') === content).toBe(true);
    expect(statSync(directory.log).size).toBe(0);
  });

  test('happens by itself, and keeps one older file', async () => {
    using directory = new TemporaryDirectory();
    writeFileSync(directory.log, 'x'.repeat(5000));
    const rotation = new LogRotation(directory.path, 4096, () => {});
    await eventually(() => statSync(directory.log).size === 0, 'the log is put aside');
    appendFileSync(directory.log, 'y'.repeat(5000));
    await eventually(() => readFileSync(`${directory.log}.1`, 'utf8').startsWith('y'), 'it is put aside again');
    rotation.close();
    expect(statSync(`${directory.log}.1`).size).toBe(5000);
  });
});

describe('following a log', () => {
  test('sees every line once, in order, whenever it looks and whenever the log is put aside', async () => {
    const steps = fc.array(fc.constantFrom('write', 'write half', 'look', 'rotate and look'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        using directory = new TemporaryDirectory();
        writeFileSync(directory.log, '');
        const follower = await LogFollower.open('service1a', directory.log, 0);
        const seen: string[] = [];
        const look = async () => seen.push(...(await follower.poll()).map((each) => each.text));
        const written: string[] = [];
        for (const step of history) {
          if (step.startsWith('write')) {
            const text = `line ${written.length} ${'é'.repeat(written.length % 7)}`;
            const bytes = Buffer.from(`${text}\n`);
            appendFileSync(directory.log, bytes.subarray(0, 8));
            // Between two bytes of a letter, sometimes.
            if (step === 'write half') await look();
            appendFileSync(directory.log, bytes.subarray(8));
            written.push(text);
          } else if (step === 'look') {
            await look();
          } else {
            await rotateLog(directory.log, 0);
            await look();
          }
        }
        for (let looks = 0; looks < 3; looks++) await look();
        expect(seen).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });

  test('waits for a log that is not there yet, and finds the one of the next fleet', async () => {
    using directory = new TemporaryDirectory();
    const follower = await LogFollower.open('service1a', directory.log, 0);
    expect(await follower.poll()).toEqual([]);
    writeFileSync(directory.log, 'first fleet, long line\n');
    expect((await follower.poll()).map((each) => each.text)).toEqual(['first fleet, long line']);
    renameSync(directory.log, join(directory.path, 'previous'));
    expect(await follower.poll()).toEqual([]);
    writeFileSync(directory.log, 'second\n');
    expect((await follower.poll()).map((each) => each.text)).toEqual(['second']);
  });
});

describe('reading logs', () => {
  test('the last lines are the same as those of the whole, across the file put aside', async () => {
    const texts = fc.array(fc.stringMatching(/^[a-zé ]{0,20}$/), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.integer({ min: 1, max: 70 }), async (older, current, count) => {
        using directory = new TemporaryDirectory();
        if (older.length > 0) writeFileSync(`${directory.log}.1`, older.map((text) => `${text}\n`).join(''));
        writeFileSync(directory.log, current.map((text) => `${text}\n`).join(''));
        expect(await textsOf(directory.log, count)).toEqual([...older, ...current].slice(-count));
      }),
      { numRuns: 200 },
    );
  });

  test('last lines beyond one block', async () => {
    using directory = new TemporaryDirectory();
    const all = Array.from({ length: 5000 }, (_, index) => `${index} ${'x'.repeat(100)}`);
    writeFileSync(directory.log, `${all.join('\n')}\n`);
    expect(await textsOf(directory.log, 1500)).toEqual(all.slice(-1500));
    expect(lastLines(directory.log, 3)).toEqual(all.slice(-3));
    expect(lastLines(join(directory.path, 'none.log'), 3)).toEqual([]);
  });

  test('several are merged by time; a line without one stays behind the line before it', async () => {
    using directory = new TemporaryDirectory();
    const other = join(directory.path, 'service2a.log');
    writeFileSync(
      directory.log,
      `${line(1_700_000_000_001, 'a')}\n    at somewhere\n${line(1_700_000_000_004, 'd')}\n`,
    );
    writeFileSync(other, `${line(1_700_000_000_002, 'b')}\n${line(1_700_000_000_003, 'c')}\n`);
    const merged: string[] = [];
    const all = Number.POSITIVE_INFINITY;
    const sources = [
      readSegments('service1a', await logSegments(directory.log, all)),
      readSegments('service2a', await logSegments(other, all)),
    ];
    for await (const { text } of mergeByTime(sources)) merged.push(text);
    expect(merged.map((text) => /"msg":"(\w)"/.exec(text)?.[1] ?? text.trim())).toEqual([
      'a',
      'at somewhere',
      'b',
      'c',
      'd',
    ]);
  });

  test.each([
    ['{"time":1700000000000,"msg":"x"}', 1_700_000_000_000],
    ['{"level":30,"time":"2023-11-14T22:13:20.000Z"}', 1_700_000_000_000],
    ['    at Server.listen (node:net:1)', undefined],
    ['{"time":"never ever"}', undefined],
  ])('time of %s', (text, timeMs) => {
    expect(lineTimeMs(text)).toBe(timeMs);
  });
});

describe('choosing logs', () => {
  const fleet = pipelineFleet();
  const all: LogSelection = { names: [], group: undefined, balancersOnly: false };

  test('by what a fleet left, else by the topology', () => {
    using directory = new TemporaryDirectory();
    const files = fleetFiles(directory.path);
    expect(selectLogs(files, all, fleet)).toHaveLength(20);
    mkdirSync(files.logDir);
    for (const name of ['service1a', 'service2a', 'service2-loadbalancer', 'supervisor']) {
      writeFileSync(logFile(files, name), '');
    }
    expect(selectLogs(files, all, fleet)).toEqual(['service1a', 'service2-loadbalancer', 'service2a']);
    expect(selectLogs(files, { ...all, names: ['supervisor'] }, fleet)).toEqual(['supervisor']);
    for (const name of ['service1-loadbalancer', 'service1-loadbalancer2']) writeFileSync(logFile(files, name), '');
    expect(selectLogs(files, { ...all, names: ['service1'] }, fleet)).toEqual(['service1a']);
    expect(selectLogs(files, { ...all, group: 'service1', balancersOnly: true }, fleet)).toEqual([
      'service1-loadbalancer',
      'service1-loadbalancer2',
    ]);
  });

  test('by service, instance, balancer, stage', () => {
    using directory = new TemporaryDirectory();
    const files = fleetFiles(directory.path);
    const select = (change: Partial<LogSelection>) => selectLogs(files, { ...all, ...change }, fleet);
    expect(select({ names: ['service1'] })).toEqual(['service1a', 'service1b', 'service1c', 'service1d']);
    expect(select({ names: ['service3b', 'service3-loadbalancer'] })).toEqual(['service3b', 'service3-loadbalancer']);
    expect(select({ group: 'service4' })).toEqual([
      'service4-loadbalancer',
      'service4a',
      'service4b',
      'service4c',
      'service4d',
    ]);
    expect(select({ balancersOnly: true })).toEqual([1, 2, 3, 4].map((n) => `service${n}-loadbalancer`));
    expect(select({ names: ['service2', 'service2a'] })).toHaveLength(4);
    expect(() => select({ names: ['service1'], group: 'service2' })).toThrow(
      'no log fits all of that; there are service1-load',
    );
    expect(() => select({ names: ['service'] })).toThrow(
      /^no log is called service; there are service1, service1-load/,
    );
  });
});
