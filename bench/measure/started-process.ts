import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 15_000;
const END_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 20;

/** What a process is started from. */
export interface Command {
  /** Names its logs. */
  readonly name: string;
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env?: Record<string, string>;
  /** Where it listens once it has started. */
  readonly port: number;
  readonly folder: string;
}

/** A process that was started and listens. */
export interface Started {
  readonly pid: number;
  /** Asks it to end, ends it if it does not, and resolves when it is gone. */
  end(): Promise<void>;
}

/** What programs need of the caller's environment. Debian keeps servers where only root's PATH leads. */
export const basicEnvironment = { PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin` };

/**
 * Starts a process whose output goes to files, and waits until it listens.
 *
 * @throws Error with the end of what it said, when it exits or does not listen in time.
 */
export async function startProcess(command: Command): Promise<Started> {
  const { name, program, parameters, env, folder, port } = command;
  const errorFile = join(folder, `${name}.err`);
  const files = [join(folder, `${name}.log`), errorFile].map((file) => openSync(file, 'a'));
  // The channel tells processes of Node when this one dies.
  const channel = program === process.execPath ? (['ipc'] as const) : [];
  const child = spawn(program, parameters, {
    cwd: folder,
    env: { ...basicEnvironment, ...env },
    stdio: ['ignore', ...files, ...channel],
  });
  for (const file of files) closeSync(file);
  const exited = new Promise<void>((resolve) => child.once('exit', resolve).once('error', () => resolve()));
  const end = () => endProcess(child, exited);
  if (!(await listens(port, child))) {
    await end();
    throw new Error(`${name} did not start: ${readFileSync(errorFile, 'utf8').slice(-2000).trim()}`);
  }
  return { pid: child.pid as number, end };
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function listens(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (isRunning(child) && performance.now() < deadline) {
    if (await canConnect(port)) return true;
    await delay(POLL_INTERVAL_MS);
  }
  return false;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function endProcess(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (!isRunning(child)) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
