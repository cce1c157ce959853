import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseMachineStat } from '../other-load.ts';
import { parseMemory, parseSchedstat, parseStat, readCpu, readResidentBytes } from '../process-cost.ts';

test('schedstat begins with nanoseconds on a processor', () => {
  expect(parseSchedstat('83498443 13186915 190\n')).toBe(83_498_443);
  expect(() => parseSchedstat('')).toThrow('schedstat');
});

test('stat is read past a name with spaces and parentheses', () => {
  const stat = '2885 (a (b) c) S 2868 2885 2885 0 -1 4194560 6380 1199570 0 209 31 57 4990 3456 20 0 1 0 49494';
  expect(parseStat(stat)).toEqual({ userTicks: 31, systemTicks: 57, endedTicks: 8446 });
});

test('resident memory is read in bytes', () => {
  const status = 'VmHWM:\t 9000 kB\nVmRSS:\t    5188 kB\nThreads:\t1\n';
  expect(parseMemory(status, 'VmRSS')).toBe(5188 * 1024);
  expect(parseMemory(status, 'VmHWM')).toBe(9000 * 1024);
  expect(() => parseMemory('Name:\tkthreadd\n', 'VmRSS')).toThrow('VmRSS');
});

test("the machine's processors are busy when they are neither idle nor waiting for disks", () => {
  const stat = 'cpu  100 1 50 800 40 2 6 1 0 0\ncpu0 50 0 25 400 20 1 3 0 0 0\n';
  expect(parseMachineStat(stat)).toEqual({ allTicks: 1000, idleTicks: 840 });
  expect(() => parseMachineStat('')).toThrow('no times of processors');
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('what a process and its children use is added up', async () => {
    const spinMs = 200;
    const spin = `while (process.cpuUsage().user < ${spinMs}e3);`;
    const grandchild = `${spin} console.log('done'); setInterval(() => {}, 1e6)`;
    // Node, which starts Node, which spins: what is measured is the one in the middle.
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`;
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    onTestFinished(async () => {
      process.kill(-(child.pid as number), 'SIGKILL');
      await once(child, 'exit');
    });
    await once(child.stdout, 'data');
    const { cpuNs, userTicks } = await readCpu(child.pid as number);
    expect(cpuNs).toBeGreaterThanOrEqual(0.9 * spinMs * 1e6);
    expect(userTicks).toBeGreaterThan(0);
    // Two Nodes are more than any one that only waits.
    expect(await readResidentBytes(child.pid as number)).toBeGreaterThan(60e6);
  });
});
