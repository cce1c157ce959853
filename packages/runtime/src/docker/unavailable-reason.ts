import type { FleetContext } from '../fleet/fleet-context.js';
import { type DockerAnswer, DockerCli, lastLines } from './docker-cli.js';

const OTHERWISE = 'or take RUNTIME=local';

/**
 * Why fleets cannot run under Docker here and now, and what helps, in one line. Undefined: an engine and Compose
 * answer.
 */
export async function dockerUnavailableReason({ caller }: Pick<FleetContext, 'caller'>): Promise<string | undefined> {
  const docker = new DockerCli(caller);
  const [engine, compose] = await Promise.all([
    // Older versions of docker succeed without an engine, and then name no version.
    docker.ask('info', '--format', '{{.ServerVersion}}'),
    docker.ask('compose', 'version', '--short'),
  ]);
  if (engine.code === 'ENOENT') return `there is no docker command: install Docker, ${OTHERWISE}`;
  const engineAnswers = engine.ok && engine.stdout.trim() !== '';
  const composeAnswers = compose.ok && /^v?([2-9]|\d\d)\./.test(compose.stdout.trim());
  if (engineAnswers && composeAnswers) return undefined;
  const noEngine = `Docker's engine does not answer${because(engine)}`;
  const noCompose = 'Compose v2 is missing (`docker compose version` does not name it)';
  if (composeAnswers) return `${noEngine}: start it, ${OTHERWISE}`;
  if (engineAnswers) return `${noCompose}: install the plugin docker-compose, ${OTHERWISE}`;
  return `${noEngine}, and ${noCompose}: start the one and install the other, ${OTHERWISE}`;
}

function because({ stderr }: DockerAnswer): string {
  const [line] = lastLines(stderr, 1);
  return line ? ` (${line.trim()})` : '';
}
