import { readFile } from 'node:fs/promises';
import { watchOtherLoad } from '../measure/other-load.ts';
import { repetitionsOf } from '../measure/repetitions.ts';
import { cleanAndCount, inPieces, time } from '../measure/text-engine.ts';
import { KnownFile, type Transfer } from '../upload/known-file.ts';
import { costOf, measureUpload, type UploadCost } from '../upload/measure-upload.ts';
import { type UploadStand, withFleet } from '../upload/with-fleet.ts';
import { type Relay, startRelay } from './relay.ts';

/** How streams are measured. */
export interface Settings {
  readonly sizes: readonly number[];
  /** In how many parts a text is cut, all of them sent at once. */
  readonly pipelines: readonly number[];
  readonly transfers: readonly Transfer[];
  /** Of the smallest size; fewer of larger ones. */
  readonly repetitions: number;
  /** Rounds of everything, of the first size, that are not counted. */
  readonly warmUpRounds: number;
  readonly seed: number;
}

/** What is measured: a way through eight processes, or the text engine in one. */
export interface Case {
  readonly way: 'relay' | 'text engine' | Transfer;
  readonly pipelines: number;
  /** With the table of words in every answer, as who merges the parts needs. */
  readonly hasTables: boolean;
}

/** One repetition. */
export interface Sample extends Case, UploadCost {
  readonly sizeBytes: number;
}

interface Stand extends UploadStand {
  readonly relay: Relay;
}

/** Fewest repetitions of the largest size. */
const MIN_REPETITIONS = 2;

/** Starts a fleet and a relay, warms both up, and measures all cases of a size in turn. */
export function measure(settings: Settings, signal: AbortSignal): Promise<Sample[]> {
  return withFleet(async (stand) => {
    const relay = await startRelay(stand.folder);
    try {
      return await measureSizes({ ...stand, relay }, settings, signal);
    } finally {
      await relay.end();
    }
  });
}

async function measureSizes(stand: Stand, settings: Settings, signal: AbortSignal): Promise<Sample[]> {
  const { sizes, repetitions, warmUpRounds, seed } = settings;
  const samples: Sample[] = [];
  for (const [index, sizeBytes] of sizes.entries()) {
    const file = await KnownFile.make(stand.folder, sizeBytes, seed);
    const round = () => measureRound(stand, file, casesOf(settings), signal);
    if (index === 0) for (let n = 0; n < warmUpRounds; n++) await round();
    const rounds = repetitionsOf(sizeBytes, sizes, repetitions, MIN_REPETITIONS);
    for (let n = 0; n < rounds; n++) samples.push(...(await round()));
    await file.remove();
  }
  return samples;
}

export function casesOf({ pipelines, transfers }: Pick<Settings, 'pipelines' | 'transfers'>): Case[] {
  const relayed = pipelines.map((count): Case => ({ way: 'relay', pipelines: count, hasTables: false }));
  const processed = transfers.flatMap((way) =>
    pipelines.map((count): Case => ({ way, pipelines: count, hasTables: count > 1 })),
  );
  // What the tables themselves cost shows beside the same without them.
  const most = Math.max(...pipelines);
  const tableless: Case[] = most > 1 ? [{ way: 'text', pipelines: most, hasTables: false }] : [];
  return [{ way: 'text engine', pipelines: 1, hasTables: false }, ...relayed, ...processed, ...tableless];
}

async function measureRound(
  stand: Stand,
  file: KnownFile,
  cases: readonly Case[],
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const each of cases) {
    signal.throwIfAborted();
    samples.push({ ...each, sizeBytes: file.sizeBytes, ...(await measureCase(stand, file, each)) });
  }
  return samples;
}

function measureCase(stand: Stand, file: KnownFile, { way, pipelines, hasTables }: Case): Promise<UploadCost> {
  if (way === 'text engine') return measureTextEngine(file);
  if (way === 'relay') return measureRelay(stand, file, pipelines);
  return measureUpload(stand.fleet, stand.uploader, file, { transfer: way, parts: pipelines, hasTables });
}

/** The same work in this process, on bytes that are there. */
async function measureTextEngine(file: KnownFile): Promise<UploadCost> {
  const pieces = inPieces(await readFile(file.path));
  const othersShare = await watchOtherLoad();
  const { wallMs, cpuMs } = time(() => cleanAndCount(pieces));
  return { wallMs, cpuMs, senderCpuMs: 0, othersShare: await othersShare() };
}

/** @throws Error when a byte was lost on the way. */
async function measureRelay({ relay, uploader }: Stand, file: KnownFile, pipelines: number): Promise<UploadCost> {
  const bodies = (await file.parts(pipelines, 'text')).map(({ body }) => body);
  const { cost, result } = await costOf(relay, uploader, bodies);
  for (const [index, { start, end }] of bodies.entries()) {
    const passed = Buffer.from(result.answers[index] ?? []).toString();
    if (passed !== String(end - start)) throw new Error(`the relay passed ${passed} of ${end - start} bytes`);
  }
  return cost;
}
