import type { Readiness } from './effects.js';
import { exchange } from './exchange.js';

/** A process that takes longer is busy or hangs; the next question tells which. */
const ANSWER_TIMEOUT_MS = 1000;

/** Asks the process on a port of this machine whether it is ready. Never rejects. */
export async function askReadiness(port: number): Promise<Readiness> {
  try {
    const { status } = await exchange({ port }, 'GET', '/health/ready', ANSWER_TIMEOUT_MS);
    return { ready: status === 200, answer: String(status) };
  } catch (error) {
    return { ready: false, answer: describe(error as NodeJS.ErrnoException) };
  }
}

function describe(error: NodeJS.ErrnoException): string {
  return error.code === 'ECONNREFUSED' ? 'connection refused' : error.message;
}
