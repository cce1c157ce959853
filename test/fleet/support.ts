import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineResponse, Stats } from '@flotilla/contracts';
import { type FleetOptions, freePortOffset, type LocalFleet, startFleet } from '@flotilla/runtime';
import { type PipelineChoice, pipeline, stages } from '@flotilla/topology';

/** A whole fleet of real processes on ports of its own, for the tests of one file. */
export interface TestFleet extends LocalFleet {
  /** Address of a port of the topology in this fleet: `at(8061)`. */
  at(port: number): string;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  stats(stage: number): Promise<Stats>;
  log(name: string): Promise<string>;
  /** Stops it and removes its files: what a `beforeAll` hands back, since hooks cannot be made within hooks. */
  end(): Promise<void>;
}

/** Far more than it takes, but on a machine that is busy with other fleets. */
const READY_TIMEOUT_MS = 120_000;

/** Starts a fleet. The caller calls `end` after the tests. */
export async function testFleet({ env, ...choice }: PipelineChoice & Pick<FleetOptions, 'env'>): Promise<TestFleet> {
  const stateDir = await mkdtemp(join(tmpdir(), 'flotilla-fleet-'));
  const definition = pipeline(choice);
  const portOffset = await freePortOffset(definition);
  const fleet = await startFleet({
    definition,
    stateDir,
    portOffset,
    readyTimeoutMs: READY_TIMEOUT_MS,
    ...(env && { env }),
  });
  const at = (port: number) => `http://127.0.0.1:${port + portOffset}`;
  return {
    ...fleet,
    at,
    post: (path, body, init = {}) =>
      fetch(at(portOf(path)) + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    stats: async (stage) => (await (await fetch(`${at(8060 + stage)}/stats`)).json()) as Stats,
    log: (name) => readFile(fleet.logFile(name), 'utf8'),
    end: async () => {
      await fleet.stop();
      await rm(stateDir, { recursive: true });
    },
  };
}

/** The port of the stage whose route a path begins with. */
function portOf(path: string): number {
  const stage = stages.find(({ route }) => path === route || path.startsWith(`${route}?`));
  return stage?.port ?? 8061;
}

export async function answerOf(response: Response): Promise<PipelineResponse> {
  return (await response.json()) as PipelineResponse;
}

/** The contract's rule for what a word is, written as naively as it can be. */
export function naiveCounts(text: string): Map<string, number> {
  const cleaned = text
    .toLowerCase()
    // Marks that stand on nothing: those behind the beginning, white space, or what is dropped.
    .replace(/(^|\s|[^\p{L}\p{M}\p{N}\p{Cf}])[[\p{M}\p{Cf}]--\s]+/gv, '$1')
    .replace(/[^\p{L}\p{M}\p{N}\s]/gu, '');
  const counts = new Map<string, number>();
  for (const word of cleaned.split(/\s+/u)) if (word) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** What came of steady load. */
export interface LoadResult {
  requests: number;
  failures: string[];
}

/** Sends a request to stage 1. @returns the body of an answer of status 200. @throws what else came of it. */
export type Send = (body: unknown, requestId: string) => Promise<string>;

/** To the one address of a fleet, once. */
export function sendTo(fleet: TestFleet): Send {
  return async (body) => {
    const response = await fleet.post('/process', body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text;
  };
}

/**
 * Sends requests from several clients at once for as long as `during` runs, and checks every answer's content.
 *
 * @param during - Is given the result as it grows.
 */
export async function underLoad(
  send: Send,
  clients: number,
  during: (result: LoadResult) => Promise<void>,
): Promise<LoadResult> {
  const result: LoadResult = { requests: 0, failures: [] };
  let isOver = false;
  const client = async (number: number) => {
    for (let n = 0; !isOver; n++) await oneRequest(send, `${number}-${n}`, result);
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

async function oneRequest(send: Send, id: string, result: LoadResult): Promise<void> {
  try {
    const body = await send({ text: `load ${id} load`, request_id: id }, id);
    const answer = JSON.parse(body) as PipelineResponse;
    const isRight = answer.request_id === id && answer.word_count === 3 && answer.top_words[0]?.[1] === 2;
    if (!isRight) result.failures.push(body);
  } catch (error) {
    result.failures.push(String((error as Error).cause ?? error));
  } finally {
    result.requests++;
  }
}

/** Waits until something holds; fails the test if it does not within the deadline. */
export async function waitFor(holds: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
