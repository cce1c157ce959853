#!/usr/bin/env node
import { abortOnSignal } from '@flotilla/terminal/interruption';
import { runProgram } from '@flotilla/terminal/program';
import { runCli } from './cli.js';

const interruption = abortOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);

void main();

async function main(): Promise<void> {
  try {
    const work = () => runCli(process.argv.slice(2), interruption.signal);
    await runProgram(work, { onOutputGone: () => interruption.abort() });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    // The fleet is gone; its load would go on without a fleet.
    process.exit(130);
  }
}
