import type { FleetDefinition, ProcessSpec } from './model.js';
import { placedProcess } from './placed-process.js';
import { networkPlacement } from './placement.js';

/** bash speaks enough HTTP for this. Twenty Node processes, or curl in every image, would cost more than they tell. */
function httpCheck(port: string, path: string): string {
  return [
    `exec 3<>"/dev/tcp/127.0.0.1/${port}"`,
    String.raw`printf "GET ${path} HTTP/1.0\r\n\r\n" >&3`,
    'read -r -t 2 _ status _ <&3',
    '[ "$$status" = 200 ]',
  ].join(' && ');
}

/** The command by which every process of ours is asked, on its own port. */
export const USUAL_CHECK = httpCheck('$$SERVICE_PORT', '/health/ready');

/** The lines of `test:` for a process that is asked otherwise. Undefined: it is asked as all are. */
export function healthTest(process: ProcessSpec, definition: FleetDefinition): string | undefined {
  if (isUsual(process)) return undefined;
  const { readiness } = placedProcess(process, definition, networkPlacement);
  if (readiness.kind === 'command') return list(['CMD', readiness.command, ...readiness.args]);
  if (readiness.kind === 'tcp') return list(['CMD', 'bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${readiness.port}`]);
  return list(['CMD', 'bash', '-c', httpCheck(String(readiness.port), readiness.path)]);
}

function isUsual({ program, environment, readiness }: ProcessSpec): boolean {
  const isOwnPort = readiness.kind === 'http' && readiness.path === '/health/ready' && readiness.port === undefined;
  return program.kind === 'node' && isOwnPort && 'SERVICE_PORT' in environment;
}

/** A list of texts in YAML, which takes what JSON is. */
export function list(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}
