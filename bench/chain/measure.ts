import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FleetProcess, type FleetShape, readCpuOfAll, startMeasuredFleet } from '../measure/fleet.ts';
import { type HelperProcess, startHelper } from '../measure/helper-process.ts';
import { costOfLoad, type LoadCost } from './cost.ts';
import type { LoadRequest, LoadResult } from './load.ts';

/** How the chain is measured. */
export interface Settings {
  readonly shapes: readonly FleetShape[];
  readonly connections: readonly number[];
  readonly seconds: number;
  readonly repetitions: number;
  /** Requests through each instance before anything is measured, */
  readonly warmUpRequests: number;
  /** or as many as there are in this time. */
  readonly maxWarmUpSeconds: number;
  readonly texts: number;
  readonly textBytes: number;
  readonly cpuProfileFolder?: string;
}

/** One repetition. */
export interface Sample extends LoadCost {
  readonly shape: FleetShape;
  readonly connections: number;
}

/** What a fleet that has nothing to do takes: its checks, its timers. */
interface Idle {
  readonly shape: FleetShape;
  /** Milliseconds of processor time of all its processes, in a second. */
  readonly cpuMsPerSecond: number;
}

export interface Measured {
  /** In the order in which they were taken. */
  readonly samples: readonly Sample[];
  readonly idle: readonly Idle[];
}

type Generator = HelperProcess<LoadRequest, LoadResult>;

const GENERATOR = join(import.meta.dirname, 'generator.ts');
const WARM_UP_CONNECTIONS = 16;
const IDLE_MS = 3000;

/** Measures one fleet after the other; within a fleet, the numbers of connections take turns. */
export async function measure(settings: Settings, signal: AbortSignal): Promise<Measured> {
  const [samples, idle]: [Sample[], Idle[]] = [[], []];
  for (const shape of settings.shapes) {
    const measured = await measureFleet(shape, settings, signal);
    samples.push(...measured.samples);
    idle.push(...measured.idle);
  }
  return { samples, idle };
}

async function measureFleet(shape: FleetShape, settings: Settings, signal: AbortSignal): Promise<Measured> {
  await using started = new AsyncDisposableStack();
  const fleet = await startMeasuredFleet(shape, settings.cpuProfileFolder);
  started.defer(() => fleet.end());
  const generator: Generator = startHelper(GENERATOR, [fleet.url, String(settings.texts), String(settings.textBytes)]);
  started.defer(() => generator.end());
  const services = fleet.processes.filter(({ role }) => role === 'service').length;
  const balancers = fleet.processes.length - services;
  const { failed, wrong, examples } = await generator.ask({
    connections: WARM_UP_CONNECTIONS,
    seconds: settings.maxWarmUpSeconds,
    maxRequests: settings.warmUpRequests * (services / balancers),
  });
  if (failed + wrong > 0) throw new Error(`warming up: ${failed} failed, ${wrong} wrong\n${examples.join('\n')}`);
  const idle = [{ shape, cpuMsPerSecond: await idleCpuMs(fleet.processes) }];
  const samples: Sample[] = [];
  for (let repetition = 0; repetition < settings.repetitions; repetition++) {
    for (const connections of settings.connections) {
      signal.throwIfAborted();
      const request = { connections, seconds: settings.seconds };
      samples.push({ shape, connections, ...(await costOfLoad(fleet.processes, generator, request)) });
    }
  }
  return { samples, idle };
}

/** Per second. */
async function idleCpuMs(processes: readonly FleetProcess[]): Promise<number> {
  const before = await readCpuOfAll(processes);
  await delay(IDLE_MS);
  const after = await readCpuOfAll(processes);
  return (after.cpuNs - before.cpuNs) / 1e6 / (IDLE_MS / 1000);
}
