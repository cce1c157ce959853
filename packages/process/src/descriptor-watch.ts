import { closeSync, openSync } from 'node:fs';
import type { Logger } from 'pino';

/** A look takes two system calls. */
const POLL_INTERVAL_MS = 1000;
/** Looks in a row that must find one free until it is said to be over: at the limit it comes and goes. */
const GOOD_CHECKS = 3;

/**
 * Tells once when the process has no file descriptor left for another connection, and once when it has again. Nothing else
 * would: what waits to be accepted then is closed, or left waiting, by libuv, which reports nothing.
 */
export function watchDescriptors(logger: Logger): void {
  let goodChecks = GOOD_CHECKS;
  const look = () => {
    const code = openError();
    if (code !== undefined && goodChecks >= GOOD_CHECKS) {
      logger.error({ code }, 'no file descriptor is left, so no connection can be taken; raise the limit (ulimit -n)');
    }
    goodChecks = code === undefined ? goodChecks + 1 : 0;
    if (goodChecks === GOOD_CHECKS) logger.info('there are file descriptors again');
  };
  setInterval(look, POLL_INTERVAL_MS).unref();
}

/** Why no descriptor can be had; undefined: one can. */
function openError(): string | undefined {
  try {
    closeSync(openSync('/', 'r'));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EMFILE' || code === 'ENFILE' ? code : undefined;
  }
}
