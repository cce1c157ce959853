import { setTimeout as delay } from 'node:timers/promises';
import { type FleetProcess, readCpuOfAll } from '../measure/fleet.ts';
import type { HelperProcess } from '../measure/helper-process.ts';
import { watchOtherLoad } from '../measure/other-load.ts';
import type { LoadResult } from './load.ts';

/** What a load generator counted, and what its load cost the fleet. */
export interface LoadCost extends LoadResult {
  readonly balancerCpuNs: number;
  readonly serviceCpuNs: number;
  /** Part of the fleet's processor time outside the kernel, 0 to 1. */
  readonly userShare: number;
  /** Of the machine's processor time, 0 to 1, what went to others meanwhile. */
  readonly othersShare: number;
}

/** For a process to get off its processor, when what it used is booked in full. */
const SETTLE_MS = 100;

/** Has a generator do what it is asked for, and reads what the fleet used meanwhile. */
export async function costOfLoad<Request>(
  processes: readonly FleetProcess[],
  generator: HelperProcess<Request, LoadResult>,
  request: Request,
): Promise<LoadCost> {
  const ofRole = (wanted: string) => processes.filter(({ role }) => role === wanted);
  const readBoth = () => Promise.all(['balancer', 'service'].map((role) => readCpuOfAll(ofRole(role))));
  const othersShare = await watchOtherLoad();
  const before = await readBoth();
  const result = await generator.ask(request);
  await delay(SETTLE_MS);
  const after = await readBoth();
  const used = (figure: 'cpuNs' | 'userTicks' | 'systemTicks') =>
    after.map((each, role) => each[figure] - (before[role]?.[figure] ?? 0)) as [number, number];
  const [userTicks, systemTicks] = [total(used('userTicks')), total(used('systemTicks'))];
  const [balancerCpuNs, serviceCpuNs] = used('cpuNs');
  return {
    ...result,
    balancerCpuNs,
    serviceCpuNs,
    userShare: userTicks / (userTicks + systemTicks),
    othersShare: await othersShare(),
  };
}

function total([balancers, services]: readonly [number, number]): number {
  return balancers + services;
}
