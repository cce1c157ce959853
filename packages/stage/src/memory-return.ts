import { collectGarbage } from '@flotilla/service-kit';

/** Less is not worth a collection of 10 to 20 ms. A table of a million words is so large, and took longer to count. */
const WORTHWHILE_BYTES = 32 * 1024 * 1024;

/** What is let go may still be referred to by work that ends within the next turns of the event loop. */
const DELAY_MS = 100;

let isScheduled = false;

/**
 * Tells that a request is over that held memory. V8 looks for garbage when it allocates, so a process that then waits
 * would keep a table of hundreds of megabytes for as long as nobody asks it for anything.
 *
 * @param heldBytes - How much it was.
 */
export function memoryLetGo(heldBytes: number): void {
  if (heldBytes < WORTHWHILE_BYTES || isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    collectGarbage({ type: 'major', execution: 'async' });
  }, DELAY_MS).unref();
}
