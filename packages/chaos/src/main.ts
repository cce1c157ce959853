#!/usr/bin/env node
import { runCli } from './cli.js';

const interruption = new AbortController();
// Once: the second signal ends the program at once, as a signal does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());

void main();

async function main(): Promise<void> {
  try {
    process.exitCode = await runCli(process.argv.slice(2), interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    // The fleet is gone; its load would go on against nobody.
    process.exit(130);
  }
}
