import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PipelineMode } from '@flotilla/topology';
import { composeFiles, composeProject } from './pipeline.js';

/** The root of the repository, which is what images are built from. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the fleet's ports are published. Another address than the default leaves a fleet of the developer alone. */
export const BIND_ADDRESS = process.env.BIND_ADDRESS || '127.0.0.1';

/** Longest listing of an image's files, or log of a container, that a test reads. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

/** What a command of docker needs beside its arguments. */
export interface DockerOptions {
  /** On top of the test's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command of docker and gives what it wrote to standard output.
 *
 * @throws Error with what it wrote to standard error, when it ends with another code than 0.
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { stdout } = await dockerOutput(args, options);
  return stdout.trim();
}

/** The same, with both of its outputs: `docker logs` and builds write to the second one. */
export async function dockerOutput(args: readonly string[], { env = {} }: DockerOptions = {}) {
  return run('docker', [...args], { cwd: ROOT, env: { ...process.env, ...env }, maxBuffer: MAX_OUTPUT_BYTES });
}

/** Runs a command of compose on one of the committed files, or on another file in its place. */
export async function compose(
  mode: PipelineMode,
  args: readonly string[],
  options: DockerOptions & { readonly file?: string } = {},
): Promise<string> {
  const { file = composeFiles[mode], env = {} } = options;
  const command = ['compose', '-f', file, '--project-directory', ROOT, ...args];
  return docker(command, { env: { BIND_ADDRESS, ...env } });
}

/** What `docker inspect` tells of a container, by a path such as `.State.Pid`. */
export async function inspect(container: string, path: string): Promise<string> {
  return docker(['inspect', '--type', 'container', '--format', `{{${path}}}`, container]);
}

/** Names of the containers of a fleet, whatever their state. */
export async function containersOf(mode: PipelineMode): Promise<string[]> {
  return list(['ps', '--all', '--format', '{{.Names}}', '--filter', label(mode)]);
}

/** Names of the networks of a fleet. */
export async function networksOf(mode: PipelineMode): Promise<string[]> {
  return list(['network', 'ls', '--format', '{{.Name}}', '--filter', label(mode)]);
}

async function list(args: readonly string[]): Promise<string[]> {
  const output = await docker(args);
  return output.split('\n').filter(Boolean).sort();
}

function label(mode: PipelineMode): string {
  return `label=com.docker.compose.project=${composeProject(mode)}`;
}
