import type { PipelineMode } from '@flotilla/topology';
import { compose, containersOf, docker } from './docker.js';

const MODES: readonly PipelineMode[] = ['sequential', 'parallel'];

/** Before any test: an engine answers, no fleet is up that the tests would take down, and the images are built. */
export default async function setup(): Promise<void> {
  await requireEngine();
  await requireNoFleet();
  const started = performance.now();
  await compose('parallel', ['--profile', 'client', 'build']);
  process.stdout.write(`images built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

async function requireEngine(): Promise<void> {
  for (const command of [['info'], ['compose', 'version']]) {
    await docker(command).catch((cause: Error) => {
      const fix = 'These tests need a Docker engine (25 or newer) with Compose v2; DOCKER_HOST says where it is.';
      throw new Error(`\`docker ${command.join(' ')}\` failed. ${fix}\n${cause.message}`);
    });
  }
}

async function requireNoFleet(): Promise<void> {
  for (const mode of MODES) {
    const containers = await containersOf(mode);
    if (containers.length > 0) {
      throw new Error(
        `The ${mode} fleet has containers in this engine (${containers.join(', ')}); take it down first.`,
      );
    }
  }
}
