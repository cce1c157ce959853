/**
 * What becomes of a program that an older Node has started than it is written for: it goes on under the one that is
 * pinned, or says which it needs. Every line here must be one that the older Node can read.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** What the bundle's code is written for. */
const NEEDED_MAJOR = 24;
/** What a terminal or a supervisor sends. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @returns whether another process does the program's work: nothing of it may be loaded then. */
export function leaveToNewerNode(): boolean {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return false;
  const root = join(dirname(dirname(import.meta.dirname)));
  const pinned = join(root, 'node_modules/.bin/node');
  if (existsSync(pinned) && realpathSync(pinned) !== realpathSync(process.execPath)) goOn(pinned);
  else {
    console.error(
      `Flotilla needs Node ${NEEDED_MAJOR} or newer, and this is ${process.version}: \`make compile\` in ${root} installs it as ${pinned}`,
    );
    process.exitCode = 1;
  }
  return true;
}

function goOn(pinned: string): void {
  const child = spawn(pinned, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', ({ message }) => {
    console.error(`${pinned} could not be started: ${message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    // As a shell tells of a command that a signal ended.
    process.exitCode = code === null ? 128 + (signal ? constants.signals[signal] : 0) : code;
  });
}
