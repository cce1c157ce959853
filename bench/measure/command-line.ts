import { abortOnSignal } from '@flotilla/terminal/interruption';
import { runProgram } from '@flotilla/terminal/program';
import { describeSystemError } from '@flotilla/terminal/system-error';

/** @throws RangeError that says what is allowed. */
export function wholeNumber(name: string, text: string, min: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min) return number;
  throw new RangeError(`--${name} must be a whole number from ${min}, got ${text}`);
}

/** `1,16,64`. @throws RangeError that says what is allowed. */
export function wholeNumbers(name: string, text: string, min: number): number[] {
  return text.split(',').map((each) => wholeNumber(name, each, min));
}

/** Words of a list, each one of those that are known. @throws RangeError that says which are. */
export function someOf<Word extends string>(name: string, text: string, known: readonly Word[]): Word[] {
  const words = text.split(',');
  const unknown = words.find((word) => !known.some((each) => each === word));
  if (unknown !== undefined) throw new RangeError(`--${name} takes ${known.join(', ')}; got ${unknown}`);
  return words as Word[];
}

/**
 * Runs a benchmark: prints what it returns, and turns what it throws into an exit code.
 *
 * @param run - Gets a signal that is aborted when the user interrupts it. Everything it started is gone when it settles.
 */
export async function runBenchmark(
  name: string,
  run: (signal: AbortSignal) => Promise<{ readonly output: string; readonly isFine: boolean }>,
): Promise<void> {
  const interruption = abortOnSignal();
  await runProgram(() => exitCodeOf(name, run, interruption), { onOutputGone: () => interruption.abort() });
}

async function exitCodeOf(
  name: string,
  run: (signal: AbortSignal) => Promise<{ readonly output: string; readonly isFine: boolean }>,
  interruption: AbortController,
): Promise<number> {
  try {
    if (process.platform !== 'linux') throw new Error('it needs Linux: processor time is read from /proc');
    const { output, isFine } = await run(interruption.signal);
    console.log(output);
    return isFine ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) return 130;
    console.error(`${name}: ${describeSystemError(error) ?? (error instanceof Error ? error.message : error)}`);
    return 1;
  }
}
