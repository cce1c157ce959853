import { memoryOf } from '@flotilla/runtime';
import type { TestFleet } from './support.js';

/** What the balancer of a stage holds for requests. */
export async function heldAt(fleet: TestFleet, stage: number): Promise<{ inFlight: number[]; replayBytes: number }> {
  const [{ stats }, metrics] = await Promise.all([
    fleet.stats(stage),
    fetch(`${fleet.at(8060 + stage)}/metrics`).then((response) => response.text()),
  ]);
  const replayBytes = Number(/^upstream_replay_bytes\S* (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
  return { inFlight: Object.values(stats).map((each) => each.in_flight), replayBytes };
}

/** Memory of all processes, in bytes by name. */
export async function memoryByName(fleet: TestFleet): Promise<Map<string, number>> {
  const pids = fleet.processes.map(({ name }) => fleet.pidOf(name));
  const memory = await memoryOf(pids.filter((pid) => pid !== undefined));
  return new Map(fleet.processes.map(({ name }, n) => [name, memory.get(pids[n] ?? 0) ?? 0]));
}

/** Processes that hold far more than before, with how much more in MB. */
export async function grownProcesses(
  fleet: TestFleet,
  before: ReadonlyMap<string, number>,
  maxGrowthBytes: number,
): Promise<string[]> {
  const now = await memoryByName(fleet);
  return [...now].flatMap(([name, bytes]) => {
    const grownBytes = bytes - (before.get(name) ?? 0);
    return grownBytes > maxGrowthBytes ? [`${name} +${Math.round(grownBytes / 1e6)} MB`] : [];
  });
}
