#!/usr/bin/env node
import { buildCli } from './cli.js';

const interruption = new AbortController();
const interrupt = () => interruption.abort();
// Once: the second signal ends the program at once, as a signal does.
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);

// Whoever reads the output may stop reading, as `head` does; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  interruption.abort();
});

const { stdout, stderr } = process;
void buildCli({ stdout, stderr, signal: interruption.signal }, (code) => {
  process.exitCode = code;
}).parseAsync();
