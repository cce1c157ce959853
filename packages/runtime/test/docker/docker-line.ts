import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fullestDefinitions, pipelineFleet, stages } from '@flotilla/topology';
import { execa } from 'execa';
import type { StatusReport } from '../../src/status-command.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const MAIN = join(ROOT, 'bundle/runtime/main.cjs');
const PROJECTS = fullestDefinitions(pipelineFleet()).map(({ network }) => network.project);

/** Where the fleet's ports are published. Another address than the default leaves a fleet of the developer alone. */
export const BIND_ADDRESS = process.env.BIND_ADDRESS || '127.0.0.1';

/** What `docker` prints. @throws Error with its messages when it fails. */
export async function docker(...parameters: string[]): Promise<string> {
  return (await execa('docker', parameters)).stdout.trim();
}

/** Names of the containers of our projects. */
export async function containers(...filters: string[]): Promise<string[]> {
  const lists = PROJECTS.map(async (project) => {
    const label = `label=com.docker.compose.project=${project}`;
    const all = ['ps', '--all', '--format', '{{.Names}}', '--filter', label, ...filters];
    return (await docker(...all)).split('\n').filter(Boolean);
  });
  return (await Promise.all(lists)).flat().sort();
}

/** The command line on this checkout and the caller's engine, with a memory of its own; it ends what it started. */
export class DockerLine implements AsyncDisposable {
  readonly stateDir = mkdtempSync(join(tmpdir(), 'flotilla-docker-'));
  /** On top of the test's own environment. */
  readonly env: Record<string, string> = { FLOTILLA_STATE_DIR: this.stateDir, BIND_ADDRESS };

  /** @throws Error when a fleet is up: it belongs to another user of this machine, and is not ended here. */
  static async create(): Promise<DockerLine> {
    if (!existsSync(MAIN)) throw new Error('bundle/runtime is not there: run `make compile` first');
    const up = await containers();
    if (up.length > 0) throw new Error(`a fleet has containers in this engine (${up.join(', ')}); take it down first`);
    return new DockerLine();
  }

  /** Starts a command. The answer of its end never rejects. */
  begin(...parameters: string[]) {
    return execa(process.execPath, [MAIN, ...parameters], { reject: false, stdin: 'ignore', env: this.env });
  }

  async run(...parameters: string[]): Promise<{ code: number | undefined; out: string; err: string }> {
    const { exitCode, stdout, stderr } = await this.begin(...parameters);
    return { code: exitCode, out: stdout, err: stderr };
  }

  async status(): Promise<StatusReport> {
    return JSON.parse((await this.run('status', '--json')).out) as StatusReport;
  }

  /** `service2a ready`, … of all processes that are not ready. */
  async notReady(): Promise<string[]> {
    const rows = (await this.status()).fleet?.processes ?? [];
    return rows.filter((each) => each.state !== 'ready').map((each) => `${each.name} ${each.state}`);
  }

  /** What a command that took everything down again left behind. */
  async remains(): Promise<string[]> {
    const networks = await docker('network', 'ls', '--quiet', '--filter', 'name=^rest-network$');
    const files = readdirSync(this.stateDir).filter((name) => !/^logs/.test(name));
    return [...(await containers()), ...networks.split('\n').filter(Boolean), ...files];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('down');
    rmSync(this.stateDir, { recursive: true });
  }
}

/** Asks a stage for its health. */
export async function healthOf(stage: number): Promise<number> {
  const port = stages.find((each) => each.number === stage)?.port;
  return (await fetch(`http://${BIND_ADDRESS}:${port}/health`)).status;
}
