import type { Sender } from './send.js';

/**
 * Works on items as they come, so many at once, in their order. The first failure stops the others and is thrown.
 *
 * @param limit - Most at once, from 1.
 * @returns One result per item, in the items' order.
 */
export async function inParallel<Item, Result>(
  items: AsyncIterator<Item> | Iterator<Item>,
  limit: number,
  sender: Sender,
  work: (item: Item, sender: Sender) => Promise<Result>,
): Promise<Result[]> {
  const stop = new AbortController();
  const outer = sender.call.signal;
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal;
  const stoppable = { ...sender, call: { ...sender.call, signal } };
  const results: Result[] = [];
  let taken = 0;
  const worker = async () => {
    for (;;) {
      const next = await items.next();
      if (next.done) return;
      // Items are handed out in their order, and so are their places.
      const index = taken++;
      signal.throwIfAborted();
      results[index] = await work(next.value, stoppable);
    }
  };
  const workers = Array.from({ length: limit }, async () => {
    try {
      await worker();
    } catch (error) {
      // The reason of the abort is the first error, so that all workers end with the same.
      stop.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(workers);
  signal.throwIfAborted();
  return results;
}
