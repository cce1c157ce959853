import { setTimeout as delay } from 'node:timers/promises';
import { type FleetProcess, readCpuOfAll } from '../measure/fleet.ts';
import { watchOtherLoad } from '../measure/other-load.ts';
import { checkAnswers } from './check-answers.ts';
import type { KnownFile, Transfer } from './known-file.ts';
import type { Body, Uploader, UploadResult } from './upload.ts';

/** How a text is sent. */
export interface UploadCase {
  readonly transfer: Transfer;
  /** Parts that it is cut in, all sent at once. */
  readonly parts: number;
  /** Whether each answer is to hold the whole table of words, as who merges them needs. */
  readonly hasTables: boolean;
}

/** What one upload took. */
export interface UploadCost {
  readonly wallMs: number;
  /** Of all processes that the text passed through. */
  readonly cpuMs: number;
  readonly senderCpuMs: number;
  /** Of the machine's processor time, 0 to 1, what went to others meanwhile. */
  readonly othersShare: number;
}

/** For a process to get off its processor, when what it used is booked in full. */
const SETTLE_MS = 100;

/** Sends a text through a fleet, and checks the answers. @throws Error when one is wrong or does not come. */
export async function measureUpload(
  target: { readonly url: string; readonly processes: readonly FleetProcess[] },
  uploader: Uploader,
  file: KnownFile,
  { transfer, parts: count, hasTables }: UploadCase,
): Promise<UploadCost> {
  const parts = await file.parts(count, transfer);
  const bodies = parts.map(({ body }) => body);
  const url = target.url + (hasTables ? '?include=frequencies' : '');
  const { cost, result } = await costOf({ ...target, url }, uploader, bodies);
  await checkAnswers(result.answers, parts, file.expected, hasTables);
  return cost;
}

/** What it costs to send bodies, whatever is answered. */
export async function costOf(
  { url, processes }: { readonly url: string; readonly processes: readonly FleetProcess[] },
  uploader: Uploader,
  bodies: readonly Body[],
): Promise<{ readonly cost: UploadCost; readonly result: UploadResult }> {
  const othersShare = await watchOtherLoad();
  const before = await readCpuOfAll(processes);
  const result = await uploader.ask({ url, bodies });
  await delay(SETTLE_MS);
  const after = await readCpuOfAll(processes);
  const cost = {
    wallMs: result.wallMs,
    cpuMs: (after.cpuNs - before.cpuNs) / 1e6,
    senderCpuMs: result.senderCpuNs / 1e6,
    othersShare: await othersShare(),
  };
  return { cost, result };
}
