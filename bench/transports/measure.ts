import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TransportName, transportNames } from '../../client/dist/transport/transport.js';
import { costOfLoad, type LoadCost } from '../chain/cost.ts';
import { type FleetProcess, startMeasuredFleet } from '../measure/fleet.ts';
import { KnownFile } from '../upload/known-file.ts';
import { type Question, type Sender, startSender } from './question.ts';
import { isLarge, type Way, waysOf } from './way.ts';

/** How the transports are measured. */
export interface Settings {
  readonly sizes: readonly number[];
  /** Of small texts; a large one is sent alone. */
  readonly connections: number;
  /** Of small texts. */
  readonly seconds: number;
  readonly repetitions: number;
  /** Of small texts of each size, over each transport; of large ones a round is not counted. */
  readonly warmUpSeconds: number;
}

/** One repetition. */
export interface Sample extends LoadCost {
  readonly way: Way;
  readonly sizeBytes: number;
}

interface Stand {
  readonly processes: readonly FleetProcess[];
  readonly senders: ReadonlyMap<TransportName, Sender>;
  /** For texts; removed afterwards. */
  readonly folder: string;
}

/** Starts a fleet of four balancers and four services, and measures the transports in turn, size by size. */
export async function measure(settings: Settings, signal: AbortSignal): Promise<Sample[]> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  started.defer(() => rm(folder, { recursive: true }));
  const fleet = await startMeasuredFleet('single');
  started.defer(() => fleet.end());
  const senders = new Map<TransportName, Sender>();
  for (const name of transportNames) {
    const sender = startSender(name, fleet.url);
    started.defer(() => sender.end());
    senders.set(name, sender);
  }
  const stand = { processes: fleet.processes, senders, folder };
  const samples: Sample[] = [];
  for (const sizeBytes of settings.sizes) {
    const measureSize = isLarge(sizeBytes) ? measureLarge : measureSmall;
    samples.push(...(await measureSize(stand, sizeBytes, settings, signal)));
  }
  return samples;
}

async function measureSmall(stand: Stand, sizeBytes: number, settings: Settings, signal: AbortSignal) {
  const { connections, seconds, repetitions, warmUpSeconds } = settings;
  const ask = (inSeconds: number): Question => ({
    kind: 'small texts',
    textBytes: sizeBytes,
    connections,
    seconds: inSeconds,
  });
  if (warmUpSeconds > 0) await measureRound(stand, sizeBytes, () => ask(warmUpSeconds), signal);
  const samples: Sample[] = [];
  for (let n = 0; n < repetitions; n++) {
    samples.push(...(await measureRound(stand, sizeBytes, () => ask(seconds), signal)));
  }
  return samples;
}

/** Each round has a text of its own, which goes every way; the first round is there to warm up. */
async function measureLarge(stand: Stand, sizeBytes: number, { repetitions }: Settings, signal: AbortSignal) {
  const samples: Sample[] = [];
  for (let round = 0; round <= repetitions; round++) {
    const file = await KnownFile.make(stand.folder, sizeBytes, round + 1);
    const { path, expected } = file;
    const ask = ({ form }: Way): Question => ({
      kind: 'large text',
      file: path,
      form,
      requestId: `bench-${round}`,
      expected,
    });
    const measured = await measureRound(stand, sizeBytes, ask, signal);
    if (round > 0) samples.push(...measured);
    await file.remove();
  }
  return samples;
}

async function measureRound(
  { processes, senders }: Stand,
  sizeBytes: number,
  ask: (way: Way) => Question,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const way of waysOf(sizeBytes)) {
    signal.throwIfAborted();
    const sender = senders.get(way.transport) as Sender;
    samples.push({ way, sizeBytes, ...(await costOfLoad(processes, sender, ask(way))) });
  }
  return samples;
}
