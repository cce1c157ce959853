import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long after its start a process tidies up: when the others of its fleet have started too. */
const TRIM_DELAY_MS = 2000;

type CollectGarbage = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/**
 * Gives back the memory that start-up has left behind. Loading modules makes V8 grow its heap to about 55 MB of which
 * 20 are used, and a process that then waits for requests would keep it: in a fleet of twenty, 300 MB. One thorough
 * collection takes about 30 ms. Nothing else is changed; V8 grows the heap again as it needs.
 */
export function trimHeapAfterStart(): void {
  const timer = setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as CollectGarbage;
    setFlagsFromString('--no-expose-gc');
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, TRIM_DELAY_MS);
  timer.unref();
}
