import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import type { PlacedReadiness } from '@flotilla/topology';
import type { Readiness } from './effects.js';
import { exchange } from './exchange.js';

/** A process that takes longer is busy or hangs; the next question tells which. */
const ANSWER_TIMEOUT_MS = 1000;
/** A command is a process of its own, which on a busy machine takes a while to begin. */
const COMMAND_TIMEOUT_MS = 5000;
const LOOPBACK = '127.0.0.1';

/**
 * Asks a process of this machine whether it is ready. Never rejects.
 *
 * @param environment - of the command that asks, where a command does.
 */
export async function askReadiness(
  readiness: PlacedReadiness,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Readiness> {
  if (readiness.kind === 'tcp') return askByConnection(readiness.port);
  if (readiness.kind === 'command') return askByCommand(readiness.command, readiness.args, environment);
  try {
    const { status } = await exchange({ port: readiness.port }, 'GET', readiness.path, ANSWER_TIMEOUT_MS);
    return { ready: status === 200, answer: String(status) };
  } catch (error) {
    return { ready: false, answer: describe(error as NodeJS.ErrnoException) };
  }
}

function askByConnection(port: number): Promise<Readiness> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: ANSWER_TIMEOUT_MS });
    const settle = (readiness: Readiness) => {
      socket.destroy();
      resolve(readiness);
    };
    socket.on('connect', () => settle({ ready: true, answer: 'connected' }));
    socket.on('timeout', () => settle({ ready: false, answer: `no connection within ${ANSWER_TIMEOUT_MS} ms` }));
    socket.on('error', (error) => settle({ ready: false, answer: describe(error) }));
  });
}

function askByCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readiness> {
  return new Promise((resolve) => {
    execFile(command, [...args], { env, timeout: COMMAND_TIMEOUT_MS }, (error, stdout, stderr) => {
      const said = (stderr || stdout).trim().split('\n').at(-1);
      resolve(error ? { ready: false, answer: said || error.message } : { ready: true, answer: said || 'exit code 0' });
    });
  });
}

function describe(error: NodeJS.ErrnoException): string {
  return error.code === 'ECONNREFUSED' ? 'connection refused' : error.message;
}
