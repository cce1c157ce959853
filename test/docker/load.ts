import { answerOf, send } from './fleet.js';

/** What came of steady load. */
export interface LoadResult {
  requests: number;
  /** One line for each request whose answer was not the right one. */
  readonly failures: string[];
}

/**
 * Sends requests from several clients at once for as long as `during` runs, and checks the content of every answer.
 *
 * @param during - Is given the result as it grows.
 */
export async function underLoad(clients: number, during: (result: LoadResult) => Promise<void>): Promise<LoadResult> {
  const result: LoadResult = { requests: 0, failures: [] };
  let isOver = false;
  const client = async (number: number) => {
    for (let n = 0; !isOver; n++) await oneRequest(`load-${number}-${n}`, result);
  };
  const working = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  try {
    await during(result);
  } finally {
    isOver = true;
    await working;
  }
  return result;
}

async function oneRequest(id: string, result: LoadResult): Promise<void> {
  try {
    const response = await send(`${id} twice twice`, id);
    if (response.status !== 200) {
      result.failures.push(`${id}: ${response.status} ${await response.text()}`);
      return;
    }
    const { request_id, word_count, top_words } = await answerOf(response);
    const isRight = request_id === id && word_count === 3 && top_words[0]?.[1] === 2;
    if (!isRight) result.failures.push(`${id}: ${request_id} ${word_count}`);
  } catch (error) {
    result.failures.push(`${id}: ${(error as Error).cause ?? error}`);
  } finally {
    result.requests++;
  }
}

/** Waits until something holds; fails the test if it does not within the deadline. */
export async function waitFor(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 30_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come within ${deadlineMs / 1000} s that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
