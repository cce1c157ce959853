import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@flotilla/contracts/rpc';
import type { Lifecycle, Phase } from '@flotilla/process';

/** The status of one service in a phase of the process. */
type StatusOf = (phase: Phase) => ServingStatus;

/**
 * Offers `grpc.health.v1.Health`: the process (under the empty name) and each of the named services serve while the
 * process is ready.
 */
export function healthService(router: ConnectRouter, lifecycle: Lifecycle, names: readonly string[]): void {
  const known = new Set(['', ...names]);
  router.service(Health, {
    check: ({ service }) => {
      if (!known.has(service)) throw new ConnectError(`unknown service ${JSON.stringify(service)}`, Code.NotFound);
      return { status: servingStatus(lifecycle.phase) };
    },
    watch: ({ service }, { signal }) =>
      watchStatus(lifecycle, known.has(service) ? servingStatus : () => ServingStatus.SERVICE_UNKNOWN, signal),
  });
}

function servingStatus(phase: Phase): ServingStatus {
  return phase === 'ready' ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
}

/**
 * The status, and again each time that it changes. It ends when the caller leaves, and with the process: a call that is
 * never answered would hold a process that drains.
 */
async function* watchStatus(lifecycle: Lifecycle, statusOf: StatusOf, signal: AbortSignal) {
  let told: ServingStatus | undefined;
  while (!signal.aborted) {
    // The phase may have changed while the last status was on its way: only a watcher that has the newest may wait or end.
    const status = statusOf(lifecycle.phase);
    if (status !== told) {
      told = status;
      yield { status };
    } else if (lifecycle.phase === 'draining') return;
    else await nextChange(lifecycle, signal);
  }
}

/** Waits until the phase changes or the caller leaves. */
function nextChange(lifecycle: Lifecycle, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      unwatch();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const unwatch = lifecycle.watch(end);
    signal.addEventListener('abort', end);
  });
}
