import { afterEach, describe, expect, test, vi } from 'vitest';
import { CommandError } from '../src/command-error.js';
import { Command, runCommandLine, wholeNumber, wholeNumbers, words } from '../src/command-line.js';

afterEach(() => {
  vi.restoreAllMocks();
});

function commandThat(action: (exit: (code: number) => void) => void) {
  return (exit: (code: number) => void) => new Command('program').action(() => action(exit));
}

describe('runCommandLine', () => {
  test('gives the exit code that the command tells, and 0 if it tells none', async () => {
    expect(
      await runCommandLine(
        [],
        commandThat(() => {}),
      ),
    ).toBe(0);
    expect(
      await runCommandLine(
        [],
        commandThat((exit) => exit(3)),
      ),
    ).toBe(3);
  });

  test('says why a command cannot be done, and gives its exit code', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const refuse = commandThat(() => {
      throw new CommandError('there is no fleet', 130);
    });
    expect(await runCommandLine([], refuse)).toBe(130);
    expect(error.mock.calls).toEqual([['there is no fleet']]);
  });

  test('leaves a fault of the program as it is', async () => {
    const fault = new TypeError('a fault');
    const failing = commandThat(() => {
      throw fault;
    });
    await expect(runCommandLine([], failing)).rejects.toBe(fault);
  });
});

describe('arguments', () => {
  test('are whole numbers between two ends', () => {
    expect(['1', '16', '64'].map(wholeNumber(1, 64))).toEqual([1, 16, 64]);
    expect(wholeNumbers(0, 64)('0, 64')).toEqual([0, 64]);
    for (const text of ['', '0', '65', '-1', '1.5', '0x10', '1e1', '9'.repeat(400)]) {
      expect(() => wholeNumber(1, 64)(text)).toThrow('It must be a whole number from 1 to 64.');
    }
  });

  test('are names with commas between them', () => {
    expect(words('kill, stop')).toEqual(['kill', 'stop']);
  });
});
