#!/usr/bin/env node
import { runProgram } from '@flotilla/contracts/command-line';
import { runCli } from './cli.js';

const interruption = new AbortController();
// Once: the second signal ends the program at once, as a signal does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());

void main();

async function main(): Promise<void> {
  try {
    const work = () => runCli(process.argv.slice(2), interruption.signal);
    await runProgram(work, { onOutputGone: () => interruption.abort() });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    // The fleet is gone; its load would go on against nobody.
    process.exit(130);
  }
}
