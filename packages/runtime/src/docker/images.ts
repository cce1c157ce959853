import { type DockerCli, lastLines } from './docker-cli.js';

/** Stands on every image that is made from the Dockerfile of this project, and on those that a rebuild replaced. */
const IMAGE_LABEL = 'flotilla.image';

/** Removes all images of this project. Those that a container still uses are named and left alone. */
export async function removeImages(docker: DockerCli, say: (text: string) => void): Promise<void> {
  const { stdout } = await docker.ask('image', 'ls', '--quiet', '--no-trunc', '--filter', `label=${IMAGE_LABEL}`);
  const ids = [...new Set(lastLines(stdout, Number.POSITIVE_INFINITY))];
  let removed = 0;
  for (const id of ids) {
    const { ok, stderr } = await docker.ask('image', 'rm', id);
    if (ok) removed += 1;
    else say(`an image stays: ${lastLines(stderr, 1)[0] ?? id}`);
  }
  say(`removed ${removed} images`);
}
