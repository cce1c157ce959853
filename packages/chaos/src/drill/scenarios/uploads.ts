import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes } from '@flotilla/client/tables';
import { Caller } from '../../load/caller.js';
import type { Tally } from '../../load/tally.js';
import { largeTexts, upload } from '../../load/uploads.js';
import { type DrillFleet, instancesOf } from '../drill-fleet.js';
import { MemoryWatch } from '../process-watch.js';
import type { Observation, Scenario } from '../scenario.js';
import { steady } from './shape.js';

const COUNT = 100;
const SIZE_BYTES = 10_000_000;
const MAX_BALANCER_BYTES = 400_000_000;
const UPLOAD_TIMEOUT_MS = 120_000;
const STALLED = 'service1a';
const OTHERS = instancesOf(1, 'bcd');
/** How long the instance stands still: longer than it takes until it is found unhealthy. */
const STALL_MS = 10_000;

const few = { ...steady, clients: 4, pauseMs: 20, holdMs: 0 } as const;

/** Large uploads onto instances of which one stands still, or onto one alone that does. */
export const uploadScenarios: readonly Scenario[] = [
  {
    ...few,
    name: 'uploads',
    fault: `${COUNT} uploads of 10 MB, ${STALLED} stopped`,
    targets: { failed: 'none' },
    inject: async ({ fleet }) => {
      const uploads = await Uploads.start(fleet, () => fleet.pause(STALLED));
      await sleep(STALL_MS);
      fleet.resume(STALLED);
      const tally = await uploads.done;
      return async () => uploads.observation(tally);
    },
  },
  {
    ...few,
    name: 'uploads-alone',
    fault: `${COUNT} uploads of 10 MB, ${STALLED} stopped, the others down`,
    targets: { failed: 'none afterwards' },
    inject: async ({ fleet }) => {
      await Promise.all(OTHERS.map((name) => fleet.fleet.stopInstance(name)));
      const uploads = await Uploads.start(fleet, () => fleet.pause(STALLED));
      await sleep(STALL_MS);
      fleet.resume(STALLED);
      const tally = await uploads.done;
      return async () => {
        await Promise.all(OTHERS.map((name) => fleet.fleet.startInstance(name)));
        return uploads.observation(tally);
      };
    },
  },
];

/** Many uploads at once, and the balancer's memory meanwhile. */
class Uploads {
  readonly done: Promise<Tally>;
  readonly #memory: MemoryWatch;
  readonly #startMs = performance.now();
  #endMs = 0;

  private constructor(caller: Caller, memory: MemoryWatch, done: Promise<Tally>) {
    this.#memory = memory;
    this.done = done.finally(async () => {
      this.#endMs = performance.now();
      await memory.stop();
      await caller.close();
    });
  }

  /** @param stall - called when all is prepared, right before the uploads are sent. */
  static async start(fleet: DrillFleet, stall: () => void): Promise<Uploads> {
    const texts = await largeTexts(SIZE_BYTES);
    const options = { urls: fleet.urls, path: '/process', connections: COUNT, timeoutMs: UPLOAD_TIMEOUT_MS };
    const caller = new Caller(options);
    const memory = new MemoryWatch(fleet.pidOf(fleet.balancersOf(1)[0]?.name as string));
    stall();
    return new Uploads(caller, memory, upload(caller, texts, COUNT));
  }

  observation(tally: Tally): Observation {
    const peak = this.#memory.peakBytes;
    const seconds = ((this.#endMs - this.#startMs) / 1000).toFixed(1);
    return {
      tally,
      notes: [
        `${COUNT - tally.failed} of ${COUNT} uploads answered in ${seconds} s`,
        `the balancer took at most ${formatBytes(peak)}`,
      ],
      missed: peak < MAX_BALANCER_BYTES ? [] : [`the balancer took ${formatBytes(peak)}, not below 400 MB`],
    };
  }
}
