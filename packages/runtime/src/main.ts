#!/usr/bin/env node
void main();

/** One program, so that one file can be started from anywhere; the supervisor loads nothing of the command line. */
async function main(): Promise<void> {
  if (process.argv[2] === 'supervise') {
    const { superviseInBackground } = await import('./local/supervise.js');
    superviseInBackground();
  } else {
    const [{ runCli }, { fleets }, { runProgram }] = await Promise.all([
      import('./cli.js'),
      import('@flotilla/topology'),
      import('@flotilla/terminal/program'),
    ]);
    // Output whose reader has gone (`| head`, a closed terminal) must not break a command off half-way.
    await runProgram(() => runCli(process.argv.slice(2), fleets));
  }
}
