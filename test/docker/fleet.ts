import type { PipelineResponse, Stats } from '@flotilla/contracts';
import { type PipelineMode, stageNumbered, stages } from '@flotilla/topology';
import { afterAll, beforeAll } from 'vitest';
import { BIND_ADDRESS, compose, docker, dockerOutput, inspect } from './docker.js';
import { containerName } from './pipeline.js';

/**
 * Starts a fleet for the tests of one file, and takes it down after them.
 *
 * @param env - Settings of the caller, which the containers get.
 */
export function composeFleet(mode: PipelineMode, env: Readonly<Record<string, string>> = {}): void {
  beforeAll(async () => {
    await compose(mode, ['up', '--detach', '--wait', '--no-build'], { env });
  });
  afterAll(async () => {
    await compose(mode, ['down', '--remove-orphans'], { env });
  });
}

/** Address of a published port. */
export function at(port: number): string {
  return `http://${BIND_ADDRESS}:${port}`;
}

/** Sends a text to stage 1. */
export async function send(text: string, requestId?: string): Promise<Response> {
  const { port, route } = stageNumbered(1);
  return fetch(at(port) + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, ...(requestId === undefined ? {} : { request_id: requestId }) }),
  });
}

export async function answerOf(response: Response): Promise<PipelineResponse> {
  return (await response.json()) as PipelineResponse;
}

/** The `/stats` of a stage's balancer. */
export async function statsOf(stageNumber: number): Promise<Stats> {
  const stage = stages.find(({ number }) => number === stageNumber);
  return (await (await fetch(`${at(stage?.port ?? 0)}/stats`)).json()) as Stats;
}

/** What a process has logged, as `docker logs` shows it. */
export async function logOf(processName: string): Promise<string> {
  const { stdout, stderr } = await dockerOutput(['logs', containerName(processName)]);
  return stdout + stderr;
}

/** `healthy` once the container's check has succeeded. */
export async function healthOf(processName: string): Promise<string> {
  return inspect(containerName(processName), '.State.Health.Status');
}

/**
 * Kills a process as the kernel would: by its number on the engine's machine, which may not be this one. `docker kill`
 * would count as stopped on purpose.
 */
export async function killProcess(processName: string): Promise<void> {
  const pid = await inspect(containerName(processName), '.State.Pid');
  const asRoot = ['run', '--rm', '--pid', 'host', '--user', '0', '--entrypoint', 'bash', 'flotilla-client'];
  await docker([...asRoot, '-c', `kill -KILL ${Number(pid)}`]);
}
