// When V8 collects what a process no longer refers to: it looks only when it allocates, and sees only its own heap.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How V8 is to collect: see `v8::TypedGCOptions`, which `gc()` takes since Node 20. */
interface CollectionOptions {
  readonly type: 'major' | 'minor';
  readonly execution: 'sync' | 'async';
  readonly flavor?: 'last-resort';
}

let collect: ((options: CollectionOptions) => unknown) | undefined;

/** Makes V8 collect its garbage. Node shows the function to those who ask for it at its start; this one need not. */
export function collectGarbage(options: CollectionOptions): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as (options: CollectionOptions) => unknown;
    setFlagsFromString('--no-expose-gc');
  }
  void collect(options);
}

/** How long after its start a process tidies up: when the others of its fleet have started too. */
const TRIM_DELAY_MS = 2000;
/** How often it is looked whether requests have come since. No request between two checks: the process is idle. */
const IDLE_CHECK_MS = 5000;

let hasWorked = false;

/** Tells that a request was answered. */
export function requestWasAnswered(): void {
  hasWorked = true;
}

/**
 * Gives back memory that is no longer needed. Loading modules makes V8 grow its heap to about 55 MB of which 20 are used, and a
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
  setInterval(look, IDLE_CHECK_MS).unref();
}

/**
 * Bytes between two collections of the young generation. Buffers are memory outside of V8's heap; the JavaScript that passes
 * them on makes so little garbage of its own that V8 comes to a full collection, for the sake of the buffers, long before
 * it comes to a young one. A young one takes less than a millisecond and frees nearly all of them.
 */
const COLLECT_EVERY_BYTES = 8 * 1024 * 1024;

let externalBytes = 0;

/** Tells that buffers of so many bytes have come, which will not be referred to for long. */
export function reportExternalMemory(bytes: number): void {
  externalBytes += bytes;
  if (externalBytes < COLLECT_EVERY_BYTES) return;
  externalBytes = 0;
  collectGarbage({ type: 'minor', execution: 'sync' });
}

/** Less is not worth a collection of 10 to 20 ms. A table of a million words is so large, and took longer to count. */
const WORTHWHILE_BYTES = 32 * 1024 * 1024;

/** What is let go may still be referred to by work that ends within the next turns of the event loop. */
const RELEASE_DELAY_MS = 100;

let isScheduled = false;

/**
 * Tells that a request is over that held memory. V8 looks for garbage when it allocates, so a process that then waits
 * would keep a table of hundreds of megabytes for as long as no request comes.
 *
 * @param heldBytes - How much it was.
 */
export function reportReleasedMemory(heldBytes: number): void {
  if (heldBytes < WORTHWHILE_BYTES || isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    collectGarbage({ type: 'major', execution: 'async' });
  }, RELEASE_DELAY_MS).unref();
}
