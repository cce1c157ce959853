import { afterEach, describe, expect, test } from 'vitest';
import { CommandError } from '../src/command-error.js';
import { abortOnSignal, Interruption } from '../src/interruption.js';

// A signal that nothing else in a test's process listens to.
const SIGNAL = 'SIGHUP';
afterEach(() => {
  process.removeAllListeners(SIGNAL);
});

test('the first signal aborts, and the second finds no listener, which ends a program', () => {
  const { signal } = abortOnSignal([SIGNAL]);
  expect([signal.aborted, process.listenerCount(SIGNAL)]).toEqual([false, 1]);
  process.emit(SIGNAL);
  expect([signal.aborted, process.listenerCount(SIGNAL)]).toEqual([true, 0]);
});

describe('an interruption', () => {
  test('keeps the first signal until it is disposed of, with the exit code that shells give', () => {
    const interruption = new Interruption();
    interruption.throwIfReceived();
    process.emit(SIGNAL, SIGNAL);
    process.emit(SIGNAL, SIGNAL);
    expect([interruption.received, interruption.signal.aborted]).toEqual([SIGNAL, true]);
    const broken = expect.objectContaining({ message: 'interrupted by SIGHUP', exitCode: 129 });
    expect(() => interruption.throwIfReceived()).toThrow(broken);
    interruption[Symbol.dispose]();
    expect(process.listenerCount(SIGNAL)).toBe(0);
  });

  test('ends a wait', async () => {
    using interruption = new Interruption();
    expect(await interruption.race(Promise.resolve(1))).toBe(1);
    const waiting = interruption.race(new Promise(() => {}));
    process.emit(SIGNAL, SIGNAL);
    await expect(waiting).rejects.toBeInstanceOf(CommandError);
  });
});
