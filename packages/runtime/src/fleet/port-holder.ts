import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { askTool } from './system-tool.js';

/** Who has a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** Finds who holds a TCP port. Undefined: no process, or one of another user, which the system does not name. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? linuxHolder(port) : lsofHolder(port);
}

const LISTENING = '0A';

function linuxHolder(port: number): PortHolder | undefined {
  const inodes = socketsOn(port);
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (holdsAny(pid, inodes)) return { pid: Number(pid), command: commandLine(pid) };
  }
  return undefined;
}

/** Inodes of the sockets on a port; those that listen, if any do. */
function socketsOn(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(readLines).map((line) => line.trim().split(/\s+/));
  const ours = rows.filter((columns) => columns[1]?.endsWith(suffix));
  const listening = ours.filter((columns) => columns[3] === LISTENING);
  const inodes = (listening.length > 0 ? listening : ours).map((columns) => columns[9] ?? '0');
  return new Set(inodes.filter((inode) => inode !== '0'));
}

function holdsAny(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const target = linkTarget(`/proc/${pid}/fd/${descriptor}`);
      return target.startsWith('socket:[') && inodes.has(target.slice('socket:['.length, -1));
    });
  } catch {
    // Gone, or of another user.
    return false;
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function commandLine(pid: string): string {
  return readLines(`/proc/${pid}/cmdline`).join(' ').replaceAll('\0', ' ').trim();
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

async function lsofHolder(port: number): Promise<PortHolder | undefined> {
  const listeners = await askTool('lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp');
  const pid = /^p(\d+)$/m.exec(listeners)?.[1];
  if (!pid) return undefined;
  return { pid: Number(pid), command: (await askTool('ps', '-o', 'command=', '-p', pid)).trim() };
}
