import { FleetError } from '@flotilla/runtime';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runCli } from '../src/cli.js';
import { scenarios } from '../src/index.js';

const never = new AbortController().signal;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the command line', () => {
  test('a scenario that is not known: exit code 1, and the names of those that are', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await runCli(['drill', '--scenario', 'kill,earthquake'], never)).toBe(1);
    const [message] = error.mock.calls[0] as [string];
    expect(message).toContain('no scenario is called earthquake');
    for (const { name } of scenarios) expect(message).toContain(name);
  });

  test('names of scenarios are all different, and listed', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(await runCli(['scenarios'], never)).toBe(0);
    expect((log.mock.calls[0] as [string])[0].split('\n')).toHaveLength(scenarios.length);
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  test('a drill that is broken off before it began starts no fleet', async () => {
    const reason = new FleetError('broken off', 130);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await runCli(['--scenario', 'kill'], AbortSignal.abort(reason))).toBe(130);
  });
});
