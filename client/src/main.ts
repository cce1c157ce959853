#!/usr/bin/env node
import { runProgram } from '@flotilla/contracts/command-line';
import { buildCli } from './cli.js';

const interruption = new AbortController();
const interrupt = () => interruption.abort();
// Once: the second signal ends the program at once, as a signal does.
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);

const { stdout, stderr } = process;
const work = async () => {
  let exitCode = 0;
  const program = buildCli({ stdout, stderr, signal: interruption.signal }, (code) => {
    exitCode = code;
  });
  await program.parseAsync();
  return exitCode;
};
// What only serves to print ends with whoever reads it, as `head` ends what is piped to it.
void runProgram(work, { onOutputGone: () => process.exit() });
