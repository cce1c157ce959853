import { describeSystemError, systemReason } from './system-error.js';

/** How the program of a command line ends. */
export interface ProgramEnding {
  /** Called once when standard output takes no more: what only serves to print may be left. Default: all goes on. */
  readonly onOutputGone?: () => void;
}

/**
 * Runs the program of a command line. An error of the system that reaches a person is one sentence, and the exit code 1;
 * any other error is a fault of the program, whose stack is wanted. A reader of the output that has gone away (`| head`)
 * is no failure; output that can't be written is one.
 *
 * @param work - Returns the exit code.
 */
export async function runProgram(
  work: () => Promise<number>,
  { onOutputGone = () => {} }: ProgramEnding = {},
): Promise<void> {
  const output = watchOutput(onOutputGone);
  try {
    const code = await work();
    process.exitCode = output.isLost() ? 1 : code;
  } catch (error) {
    const sentence = describeSystemError(error);
    if (sentence === undefined) throw error;
    tell(sentence);
    process.exitCode = 1;
  }
}

function watchOutput(onGone: () => void): { isLost(): boolean } {
  const { stdout, stderr } = process;
  let isGone = false;
  let isLost = false;
  const gone = (error: NodeJS.ErrnoException) => {
    if (isGone) return;
    isGone = true;
    isLost = error.code !== 'EPIPE';
    if (!isLost) return;
    process.exitCode = 1;
    tell(`cannot write to standard output: ${systemReason(error) ?? error.message}`);
  };
  stdout.on('error', (error) => {
    gone(error);
    onGone();
  });
  // A caller of process.exit, as commander does behind its help, leaves no time for the event.
  process.on('exit', () => {
    if (stdout.errored) gone(stdout.errored);
  });
  // There is nowhere left to tell of it.
  stderr.on('error', () => {});
  return { isLost: () => isLost };
}

function tell(sentence: string): void {
  process.stderr.write(`error: ${sentence}\n`);
}
