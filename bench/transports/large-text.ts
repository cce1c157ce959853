import { requireExpected } from '@flotilla/client/expected';
import { type Chunk, planChunks, planJsonChunks } from '../../client/dist/plan.js';
import { TextFile } from '../../client/dist/text-file.js';
import type { ChunkRequest, Transport } from '../../client/dist/transport/transport.js';
import type { LoadResult } from '../chain/load.ts';
import { timed } from '../measure/timed.ts';
import type { LargeText } from './question.ts';

const TRY_TIMEOUT_MS = 60_000;

/**
 * Sends a file in one request, as the client does: what is measured begins with reading it from the disk.
 *
 * @throws Error when it is not answered, or wrongly.
 */
export async function sendLargeText(
  transport: Transport,
  url: string,
  { file: path, form, requestId, expected }: LargeText,
): Promise<LoadResult> {
  await using file = await TextFile.open(path);
  const chunk = await wholeChunk(file, form, requestId);
  const request: ChunkRequest = {
    chunk,
    isTableWanted: false,
    slices: (areKept) => file.slices(chunk, areKept),
    changed: () => file.changed(),
  };
  const { result, ms, cpuNs } = await timed(() => transport.sendChunk(url, request, { timeoutMs: TRY_TIMEOUT_MS }));
  requireExpected(result, expected);
  const counts = { requests: 1, failed: 0, wrong: 0, examples: [] };
  return { ...counts, seconds: ms / 1000, p50Ms: ms, p99Ms: ms, generatorCpuNs: cpuNs };
}

async function wholeChunk(file: TextFile, form: LargeText['form'], runId: string): Promise<Chunk> {
  const cut = { parts: 1, runId };
  const whole = form === 'whole' ? planJsonChunks(file, { ...cut, maxBodyBytes: Infinity }) : planChunks(file, cut);
  const [chunk] = (await whole) as [Chunk];
  return chunk;
}
