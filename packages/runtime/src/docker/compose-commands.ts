import { join } from 'node:path';
import type { NetworkSpec } from '@flotilla/topology';
import { COMPOSE_CLIENT } from '@flotilla/topology/compose';

/** The arguments of `docker` for one fleet. Nothing of them depends on where the caller is. */
export class ComposeCommands {
  readonly #fleet: readonly string[];

  readonly #profiles: readonly string[];

  /**
   * @param root - absolute path of the directory that holds the compose files.
   * @param profiles - all that the file has, but for the client's.
   */
  constructor(root: string, { composeFile, project }: NetworkSpec, profiles: readonly string[]) {
    const file = join(root, composeFile);
    this.#fleet = ['compose', '--project-directory', root, '--file', file, '--project-name', project];
    this.#profiles = profiles;
  }

  /** Builds what is missing or stale. @param withClient - also the image that commands are run in. */
  build(withClient: boolean): string[] {
    return [...this.#fleet, ...(withClient ? ['--profile', COMPOSE_CLIENT] : []), 'build'];
  }

  /**
   * Creates what is missing and starts it, without waiting. Not `--wait`: that waits on for a container that ends again
   * and again.
   */
  up(names: readonly string[]): string[] {
    return [...this.#fleet, 'up', '--detach', '--no-build', '--remove-orphans', ...names];
  }

  /** Creates containers without starting them. */
  create(names: readonly string[]): string[] {
    return [...this.#fleet, 'create', '--no-build', ...names];
  }

  /** Starts one container as it was, or creates it anew if it is gone. */
  start(name: string): string[] {
    return [...this.#fleet, 'up', '--detach', '--no-build', '--no-deps', '--no-recreate', name];
  }

  /** The restart policy leaves alone what was stopped so. */
  stop(name: string): string[] {
    return [...this.#fleet, 'stop', name];
  }

  /** Ends and removes all containers, those of every profile too, and the network. */
  down(): string[] {
    const profiles = [COMPOSE_CLIENT, ...this.#profiles].flatMap((profile) => ['--profile', profile]);
    return [...this.#fleet, ...profiles, 'down', '--remove-orphans'];
  }

  /** {@link down}, and the volumes. */
  clean(): string[] {
    return [...this.down(), '--volumes'];
  }

  /** @param tailLines - of each container. Infinity: all. */
  logs(names: readonly string[], { follow, tailLines }: { follow: boolean; tailLines: number }): string[] {
    const tail = tailLines === Number.POSITIVE_INFINITY ? 'all' : String(tailLines);
    const bare = names.length === 1 ? ['--no-log-prefix'] : [];
    return [...this.#fleet, 'logs', '--tail', tail, ...(follow ? ['--follow'] : []), ...bare, ...names];
  }
}
