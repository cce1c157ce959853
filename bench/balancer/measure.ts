import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../measure/free-ports.ts';
import { watchOtherLoad } from '../measure/other-load.ts';
import { readCpu, readResidentBytes } from '../measure/process-cost.ts';
import { type Started, startProcess } from '../measure/started-process.ts';
import { checkAnswer } from './check-answer.ts';
import type { Contender, Protocol } from './contender.ts';
import { h2load } from './h2load.ts';
import type { Load, LoadResult } from './load.ts';
import { grpcPayload, payload } from './payload.ts';

const UPSTREAMS = 4;
/** For a process to get off its processor, when what it used is booked in full. */
const SETTLE_MS = 100;
/** What is asked for. Only the balancer looks at it. */
const PATHS: Record<Protocol, string> = { 'HTTP/1.1': '/process', gRPC: '/pipeline.TextInputService/ReceiveText' };

/** How contenders are measured. */
export interface Settings {
  readonly connections: number;
  readonly seconds: number;
  /** For those that are compiled while they run; a second is enough for the others. */
  readonly warmUpSeconds: number;
  readonly repetitions: number;
  /** Of the request and of the answer. */
  readonly bodyBytes: number;
  readonly cpuProfileFolder?: string;
}

/** One repetition of one contender. */
export interface Sample extends LoadResult {
  readonly cpuNs: number;
  /** Part of `cpuNs` outside the kernel, 0 to 1. */
  readonly userShare: number;
  readonly residentBytes: number;
  /** Of the machine's processor time, 0 to 1, what went to others meanwhile. */
  readonly othersShare: number;
}

interface Standing extends Started {
  readonly contender: Contender;
  readonly url: string;
}

/**
 * Starts all contenders in front of the same upstream, warms each up, and measures them in turn, so that what else the
 * machine does meets all of them.
 *
 * @param http1Load - for those that are asked in HTTP/1.1; h2load asks the others.
 * @param folder - for configurations, logs and the bodies.
 * @returns the samples of each contender, by name.
 */
export async function measure(
  contenders: readonly Contender[],
  http1Load: Load,
  settings: Settings,
  folder: string,
  signal: AbortSignal,
): Promise<Map<string, Sample[]>> {
  const upstreamPorts = await freePorts(UPSTREAMS);
  const bodies: Record<Protocol, Buffer> = {
    'HTTP/1.1': Buffer.from(payload(settings.bodyBytes)),
    gRPC: grpcPayload(settings.bodyBytes),
  };
  const files: Record<Protocol, string> = { 'HTTP/1.1': join(folder, 'body.json'), gRPC: join(folder, 'body.grpc') };
  await Promise.all([writeFile(files['HTTP/1.1'], bodies['HTTP/1.1']), writeFile(files.gRPC, bodies.gRPC)]);
  await using started = new AsyncDisposableStack();
  const upstream = await startUpstream(upstreamPorts, settings.bodyBytes, folder);
  started.defer(() => upstream.end());
  const standing = await startAll(contenders, settings, upstreamPorts, folder, started);
  const run = ({ contender: { protocol }, url }: Standing, seconds: number) => {
    const load = protocol === 'gRPC' ? h2load : http1Load;
    return load.run({ url, bodyFile: files[protocol], connections: settings.connections, seconds, signal });
  };
  for (const each of standing) {
    const { protocol, isJitCompiled } = each.contender;
    await checkAnswer(protocol, each.url, bodies[protocol]);
    await run(each, isJitCompiled ? settings.warmUpSeconds : 1);
  }
  const samples = new Map(contenders.map(({ name }): [string, Sample[]] => [name, []]));
  for (let repetition = 0; repetition < settings.repetitions; repetition++) {
    for (const each of standing) {
      const { name } = each.contender;
      samples.get(name)?.push(await sample(name, each.pid, () => run(each, settings.seconds)));
    }
  }
  return samples;
}

function startUpstream(ports: readonly number[], bodyBytes: number, folder: string): Promise<Started> {
  const file = join(import.meta.dirname, 'programs/upstream.ts');
  const parameters = [file, String(bodyBytes), ports.join(',')];
  // Its ports are opened in order, so the last one tells.
  return startProcess({
    name: 'upstream',
    program: process.execPath,
    parameters,
    port: ports.at(-1) as number,
    folder,
  });
}

async function startAll(
  contenders: readonly Contender[],
  { cpuProfileFolder }: Settings,
  upstreamPorts: readonly number[],
  folder: string,
  started: AsyncDisposableStack,
): Promise<Standing[]> {
  const ports = await freePorts(contenders.length);
  const standing: Standing[] = [];
  for (const [index, contender] of contenders.entries()) {
    const port = ports[index] as number;
    const place = { folder, port, upstreamPorts, ...(cpuProfileFolder ? { cpuProfileFolder } : {}) };
    const process = await contender.start(place);
    started.defer(() => process.end());
    standing.push({
      ...process,
      contender,
      url: `http://127.0.0.1:${port}${contender.path ?? PATHS[contender.protocol]}`,
    });
  }
  return standing;
}

/** @throws Error when the process has ended. */
async function sample(name: string, pid: number, run: () => Promise<LoadResult>): Promise<Sample> {
  const isGone = (cause: unknown) => {
    throw new Error(`${name} has ended by itself`, { cause });
  };
  const othersShare = await watchOtherLoad();
  const before = await readCpu(pid).catch(isGone);
  const result = await run();
  await delay(SETTLE_MS);
  const after = await readCpu(pid).catch(isGone);
  const [user, system] = [after.userTicks - before.userTicks, after.systemTicks - before.systemTicks];
  return {
    ...result,
    cpuNs: after.cpuNs - before.cpuNs,
    userShare: user / (user + system),
    residentBytes: await readResidentBytes(pid),
    othersShare: await othersShare(),
  };
}
