import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './answer.js';
import type { CallOptions } from './call.js';
import { askInTurn } from './failover.js';
import type { Chunk } from './plan.js';
import type { Progress } from './progress.js';
import { retryDelayMs } from './retry.js';
import type { Target } from './target.js';
import type { TextSource } from './text-file.js';
import type { ChunkRequest, Transport } from './transport/transport.js';

/** A request that may be sent several times. */
export interface Sender {
  readonly transport: Transport;
  readonly call: CallOptions;
  /** From 0 up to, but not, 1: spreads the retries. */
  readonly random: () => number;
  /** Waits so many milliseconds; rejects when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A sender that waits in real time. */
export function realSender(transport: Transport, call: CallOptions): Sender {
  const wait: Sender['wait'] = (ms, signal) => delay(ms, undefined, signal ? { signal } : {});
  return { transport, call, random: Math.random, wait };
}

/** What became of a request. */
export interface Sent<Result> {
  readonly result: Result;
  /** How often it was sent, to whatever address. */
  readonly tries: number;
  /** From the beginning of the first try to the end of the answer, waiting included. */
  readonly ms: number;
}

/**
 * Sends a request to any address of its target, and does so again, after a wait, when none answered, or with a 502,
 * 503 or 504 (or what other transports have for these).
 *
 * @param ask - Sends the request, whole, to an address.
 * @throws NoAnswerError or RefusedError, that of the last try.
 */
export async function send<Result>(
  target: Target,
  sender: Sender,
  ask: (url: string) => Promise<Result>,
): Promise<Sent<Result>> {
  const started = performance.now();
  let tries = 0;
  const counted = (url: string) => {
    tries++;
    return ask(url);
  };
  for (let round = 1; ; round++) {
    try {
      const result = await askInTurn(target, sender.call, counted);
      return { result, tries, ms: performance.now() - started };
    } catch (error) {
      const delayMs = retryDelayMs(error, round, sender.random());
      if (delayMs === undefined) throw error;
      await sender.wait(delayMs, sender.call.signal);
    }
  }
}

/** A chunk's answer, and what it took. */
export interface ChunkResult extends Sent<Answer> {
  readonly chunk: Chunk;
}

/**
 * Sends one chunk of a text.
 *
 * @param target - The route of stage 1.
 * @param isTableWanted - Whether the answer shall hold the frequency of every word.
 */
export async function sendChunk(
  text: TextSource,
  chunk: Chunk,
  target: Target,
  isTableWanted: boolean,
  sender: Sender,
  progress: Progress,
): Promise<ChunkResult> {
  const request = chunkRequest(text, chunk, isTableWanted, progress);
  const ask = (url: string) => sender.transport.sendChunk(url, request, sender.call);
  return { ...(await send(target, sender, ask)), chunk };
}

function chunkRequest(text: TextSource, chunk: Chunk, isTableWanted: boolean, progress: Progress): ChunkRequest {
  let done = 0;
  async function* slices(areKept: boolean) {
    // A second try starts over, and so does the bar.
    progress.add(-done);
    done = 0;
    for await (const slice of text.slices(chunk, areKept)) {
      done += slice.length;
      progress.add(slice.length);
      yield slice;
    }
  }
  return { chunk, isTableWanted, slices, changed: () => text.changed() };
}
