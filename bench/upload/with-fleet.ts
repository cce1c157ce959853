import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MeasuredFleet, startMeasuredFleet } from '../measure/fleet.ts';
import { startUploader, type Uploader } from './upload.ts';

/** What uploads are measured with. */
export interface UploadStand {
  readonly fleet: MeasuredFleet;
  readonly uploader: Uploader;
  /** For texts; removed afterwards. */
  readonly folder: string;
}

/** Runs something with a full fleet of its own, and ends that whatever happens. */
export async function withFleet<Result>(run: (stand: UploadStand) => Promise<Result>): Promise<Result> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  started.defer(() => rm(folder, { recursive: true }));
  const fleet = await startMeasuredFleet('full');
  started.defer(() => fleet.end());
  const uploader = startUploader();
  started.defer(() => uploader.end());
  return await run({ fleet, uploader, folder });
}
