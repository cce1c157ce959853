import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes } from '@flotilla/terminal/figures';
import type { KnownText } from '../../load/known-text.js';
import type { Transport } from '../../load/transport.js';
import { largeTexts, upload } from '../../load/uploads.js';
import { type DrillFleet, instancesOf } from '../drill-fleet.js';
import { MemoryWatch } from '../process-watch.js';
import type { Observation, Scenario } from '../scenario.js';
import { steady } from './shape.js';

const COUNT = 100;
const SIZE_BYTES = 10_000_000;
const MAX_BALANCER_BYTES = 400_000_000;
/** They are a gigabyte together, which takes a small machine a minute or two. */
const UPLOAD_TIMEOUT_MS = 300_000;
const STALLED = 'service1a';
const OTHERS = instancesOf(1, 'bcd');
/**
 * Its proxy would take an upload for it, and break it off when there is no instance to send it to: what of it is not kept any more,
 * the memory for that being shared by all, could not be sent again.
 */
const PROXIED = 'service1d';
/** How long it is stopped: longer than it takes until it is found unhealthy. */
const STALL_MS = 8000;

/** Large uploads onto an instance that is stopped, and then continued. The others are down, so that all of them meet it. */
export function uploadsScenario(): Scenario {
  let texts: readonly KnownText[] = [];
  return {
    ...steady,
    name: 'uploads',
    fault: `${COUNT} uploads of 10 MB onto ${STALLED}, which is stopped`,
    clients: 4,
    pauseMs: 20,
    holdMs: 0,
    targets: { failed: 'none afterwards' },
    prepare: async () => {
      texts = await largeTexts(SIZE_BYTES);
    },
    inject: async ({ fleet, transport }) => {
      await Promise.all(OTHERS.map((name) => fleet.kill(name)));
      await fleet.proxyOf(PROXIED).set({ kind: 'refuse' });
      fleet.pause(STALLED);
      const uploads = uploadAll(fleet, transport, texts);
      await sleep(STALL_MS);
      fleet.resume(STALLED);
      const observation = await uploads;
      return async () => {
        await Promise.all(OTHERS.map((name) => fleet.fleet.startInstance(name)));
        await fleet.proxyOf(PROXIED).set({ kind: 'none' });
        return observation;
      };
    },
  };
}

/** Sends all of them at once, and watches the balancer's memory meanwhile. */
async function uploadAll(fleet: DrillFleet, transport: Transport, texts: readonly KnownText[]): Promise<Observation> {
  const urlsOf = (stage: number) => fleet.urlsOf(stage);
  const caller = transport.openUploader({ urlsOf, parallel: COUNT, timeoutMs: UPLOAD_TIMEOUT_MS });
  const memory = new MemoryWatch(fleet.pidOf(fleet.balancersOf(1)[0]?.name as string));
  const startMs = performance.now();
  const tally = await upload(caller, texts, COUNT);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  await memory.stop();
  await caller.close();
  const peak = formatBytes(memory.peakBytes);
  return {
    tally,
    notes: [`${COUNT - tally.failed} of ${COUNT} uploads answered in ${seconds} s; the balancer took at most ${peak}`],
    missed: memory.peakBytes < MAX_BALANCER_BYTES ? [] : [`the balancer took ${peak}, not below 400 MB`],
  };
}
