import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortOffset, startFleet } from '@flotilla/runtime';
import { type ProcessRole, pipeline, type Stage, stages } from '@flotilla/topology';
import { type CpuReading, forgetPeak, readCpu, readPeakBytes } from './process-cost.ts';

/** Instances behind each balancer: `single` has one of each stage, 8 processes in all; `full` those of the topology. */
export const FLEET_SHAPES = ['single', 'full'] as const;
export type FleetShape = (typeof FLEET_SHAPES)[number];

/** A process of a fleet. */
export interface FleetProcess {
  readonly name: string;
  readonly role: ProcessRole;
  readonly pid: number;
}

/** A fleet to measure, on ports of its own. */
export interface MeasuredFleet {
  /** The route of stage 1, at its balancer. */
  readonly url: string;
  readonly processes: readonly FleetProcess[];
  /** Ends all of it, and removes its files. */
  end(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Starts the parallel fleet as local processes, with its defaults, as children of this one.
 *
 * @param cpuProfileFolder - where its processes put a CPU profile when they end.
 */
export async function startMeasuredFleet(shape: FleetShape, cpuProfileFolder?: string): Promise<MeasuredFleet> {
  const table = tableOf(shape);
  const definition = pipeline({ table });
  const portOffset = await freePortOffset(definition);
  const stateDir = await mkdtemp(join(tmpdir(), 'flotilla-bench-fleet-'));
  const removeFiles = () => rm(stateDir, { recursive: true, force: true });
  const profiling = { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${cpuProfileFolder}` };
  const fleet = await startFleet({
    definition,
    portOffset,
    stateDir,
    readyTimeoutMs: READY_TIMEOUT_MS,
    ...(cpuProfileFolder ? { env: profiling } : {}),
  }).catch(async (error: unknown) => {
    await removeFiles();
    throw error;
  });
  const [first] = table as [Stage];
  return {
    url: `http://127.0.0.1:${first.port + portOffset}${first.route}`,
    processes: fleet.processes.map(({ name, role }) => ({ name, role, pid: fleet.pidOf(name) as number })),
    async end() {
      await fleet.stop();
      await removeFiles();
    },
  };
}

function tableOf(shape: FleetShape): readonly Stage[] {
  if (shape === 'full') return stages;
  return stages.map((stage) => ({ ...stage, instances: stage.instances.slice(0, 1) }));
}

/** Processor time of processes, added up. @throws Error when one has ended. */
export async function readCpuOfAll(processes: readonly FleetProcess[]): Promise<CpuReading> {
  const readings = await Promise.all(
    processes.map(({ name, pid }) =>
      readCpu(pid).catch((cause: unknown) => {
        throw new Error(`${name} has ended by itself`, { cause });
      }),
    ),
  );
  return readings.reduce((sum, each) => ({
    cpuNs: sum.cpuNs + each.cpuNs,
    userTicks: sum.userTicks + each.userTicks,
    systemTicks: sum.systemTicks + each.systemTicks,
  }));
}

/** The most memory that a process had resident. */
export interface Peak {
  readonly name: string;
  readonly bytes: number;
}

/** What each process had resident at most since it started, or since {@link forgetPeaks}. */
export function peaksOf(processes: readonly FleetProcess[]): Promise<Peak[]> {
  return Promise.all(processes.map(async ({ name, pid }) => ({ name, bytes: await readPeakBytes(pid) })));
}

export async function forgetPeaks(processes: readonly FleetProcess[]): Promise<void> {
  await Promise.all(processes.map(({ pid }) => forgetPeak(pid)));
}
