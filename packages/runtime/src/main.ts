#!/usr/bin/env node
void main();

/** One program, so that one file can be started from anywhere; the supervisor loads nothing of the command line. */
async function main(): Promise<void> {
  if (process.argv[2] === 'supervise') {
    const { superviseInBackground } = await import('./local/supervise.js');
    superviseInBackground();
  } else {
    const [{ runCli }, { fleets }] = await Promise.all([import('./cli.js'), import('@flotilla/topology')]);
    process.exitCode = await runCli(process.argv.slice(2), fleets);
  }
}
