import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a port is tried again that an outgoing connection stands on: those between processes of a fleet are short. */
const PATIENCE_MS = 5000;
const INTERVAL_MS = 50;
/** For this machine to say whether anybody listens on one of its ports, which it does at once. */
const CONNECT_TIMEOUT_MS = 500;

/** Where a process listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Listens, with patience for a port that is in use though no process listens on it: systems hand out ports from about 32768 on to
 * outgoing connections, and one of them may have it for a moment.
 *
 * @param listen - may be called several times.
 * @param onWait - is told once, before it is tried again.
 * @throws what `listen` does, when another process listens there, or it fails for anything else.
 */
export async function listenPatiently(
  listen: () => Promise<unknown>,
  address: ListenAddress,
  onWait: () => void,
): Promise<void> {
  let isWaiting = false;
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await listen();
      return;
    } catch (error) {
      const isInUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isInUse || performance.now() >= deadline || (await hasListener(address))) throw error;
      if (!isWaiting) onWait();
      isWaiting = true;
      await delay(INTERVAL_MS);
    }
  }
}

function hasListener({ host, port }: ListenAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
    socket.on('timeout', () => settle(true));
  });
}
