import { type Command, InvalidArgumentError } from 'commander';
import { CommandError } from './command-error.js';

/** Taken from here by every command line, so that all have the same one. */
export { Command, InvalidArgumentError, Option } from 'commander';

/**
 * Runs one command of a command line. A {@link CommandError} becomes its message on standard error, and its exit code.
 *
 * @param build - Makes the command line; what it is handed takes the exit code of the command that runs, which is 0 unless told.
 * @returns The exit code.
 */
export async function runCommandLine(
  argv: readonly string[],
  build: (exit: (code: number) => void) => Command,
): Promise<number> {
  let exitCode = 0;
  const program = build((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

/** A parser of whole numbers for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A parser of whole numbers for commander: `1,16,64`. */
export function wholeNumbers(min: number, max: number): (text: string) => number[] {
  const parse = wholeNumber(min, max);
  return (text) => words(text).map(parse);
}

/** A parser of names for commander: `kill,stop`. */
export function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}
