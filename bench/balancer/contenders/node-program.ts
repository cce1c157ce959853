import { join } from 'node:path';
import { packageVersion } from '../../measure/package-version.ts';
import { type Started, startProcess } from '../../measure/started-process.ts';
import type { Contender, Place, Protocol } from '../contender.ts';

/** Starts a contender that runs on Node, with a CPU profile if one is wanted. */
export function startNode(
  name: string,
  place: Place,
  parameters: readonly string[],
  env: Record<string, string> = {},
): Promise<Started> {
  const { cpuProfileFolder: profiles, folder, port } = place;
  const profiling = profiles
    ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`]
    : [];
  return startProcess({
    name,
    program: process.execPath,
    parameters: [...profiling, ...parameters],
    env,
    folder,
    port,
  });
}

/** A package that proxies, in a small program of ours. */
export function packagedProxy(packageName: string, program: string): Contender {
  return ownProgram(packageName, program, () => packageVersion(packageName));
}

/** A small program of ours on Node. */
export function ownProgram(
  name: string,
  program: string,
  version: Contender['version'],
  protocol: Protocol = 'HTTP/1.1',
): Contender {
  return {
    name,
    protocol,
    log: 'none',
    isJitCompiled: true,
    version,
    start(place) {
      const file = join(import.meta.dirname, '../programs', `${program}.ts`);
      return startNode(program, place, [file, String(place.port), place.upstreamPorts.join(',')]);
    },
  };
}
