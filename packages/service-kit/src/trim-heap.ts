import { collectGarbage } from './collect-garbage.js';

/** How long after its start a process tidies up: when the others of its fleet have started too. */
const TRIM_DELAY_MS = 2000;
/** How often it is looked whether requests have come since. Nobody asked between two looks: the process is idle. */
const IDLE_LOOK_MS = 5000;

let hasWorked = false;

/** Tells that a request was answered. */
export function requestWasAnswered(): void {
  hasWorked = true;
}

/**
 * Gives back memory that nobody needs. Loading modules makes V8 grow its heap to about 55 MB of which 20 are used, and a
 * process that then waits for requests would keep it: in a fleet of twenty, 300 MB. One thorough collection after the start
 * takes about 30 ms. And what V8 has put off collecting while requests came is collected when none have come for 5 to
 * 10 s, since it would not look by itself. That one keeps what was compiled, and V8 most of the pages: the process gets no
 * smaller, and what comes next finds room in it.
 */
export function trimHeap(): void {
  setTimeout(() => collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' }), TRIM_DELAY_MS).unref();
  let isUntidy = false;
  const look = () => {
    if (isUntidy && !hasWorked) collectGarbage({ type: 'major', execution: 'async' });
    isUntidy = hasWorked;
    hasWorked = false;
  };
  setInterval(look, IDLE_LOOK_MS).unref();
}
