import type { Interruption } from '@flotilla/terminal/interruption';
import { execa, type Options } from 'execa';
import type { Environment } from '../fleet/environment.js';
import { FleetError } from '../fleet/fleet-error.js';

/** What `docker` said. */
export interface DockerAnswer {
  /** Whether it could be run, and said that it succeeded. */
  readonly ok: boolean;
  /** `ENOENT`: there is no such command. Undefined: it was run. */
  readonly code: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A question to an engine that answers takes well below a second; one on a far or dead host may never end. */
const ASK_TIMEOUT_MS = 15_000;
/** What `docker` gets to stop in order after a signal. */
const KILL_AFTER_MS = 10_000;
const ERASE_LINE = '\u001b[2K';
/** Lines of a failed command's output that are shown: the error stands at its end. */
const SHOWN_LINES = 30;

/** The `docker` command of a caller's PATH, with the caller's engine (DOCKER_HOST, its context). */
export class DockerCli {
  readonly #options: Options;

  /**
   * @param profiles - of the compose files. Default: none, whatever the caller has set for another project; that would
   * start more than the fleet.
   */
  constructor(caller: Environment, profiles: readonly string[] = []) {
    const env = { ...caller, COMPOSE_PROFILES: profiles.length > 0 ? profiles.join(',') : undefined };
    this.#options = { env, extendEnv: false, reject: false, stdin: 'ignore' };
  }

  /** Asks for something that changes nothing. Never rejects. */
  async ask(...parameters: string[]): Promise<DockerAnswer> {
    const { failed, code, stdout, stderr } = await execa('docker', parameters, {
      ...this.#options,
      timeout: ASK_TIMEOUT_MS,
    });
    return { ok: !failed, code, stdout: String(stdout ?? ''), stderr: String(stderr ?? '') };
  }

  /**
   * Does something, quietly.
   *
   * @param what - the work, as a failure calls it: `the images could not be built`.
   * @param interruption - ends it. Undefined: nothing does.
   * @throws FleetError with the last lines of what it printed.
   */
  async run(what: string, parameters: readonly string[], interruption?: Interruption): Promise<void> {
    interruption?.throwIfReceived();
    // In a process group of its own: a terminal's Ctrl-C comes to us, and we decide what it ends.
    const running = execa('docker', parameters, { ...this.#options, all: true, detached: true });
    const end = () => endGroup(running.pid);
    interruption?.signal.addEventListener('abort', end);
    const { failed, all, originalMessage } = await running;
    interruption?.signal.removeEventListener('abort', end);
    interruption?.throwIfReceived();
    if (!failed) return;
    const lines = lastLines(String(all ?? ''), SHOWN_LINES);
    throw new FleetError([`${what}:`, ...(lines.length > 0 ? lines : [originalMessage ?? ''])].join('\n  '));
  }

  /** Lets something print where the caller does, until it ends or the signal comes. */
  async show(parameters: readonly string[], signal: AbortSignal): Promise<void> {
    await execa('docker', parameters, {
      ...this.#options,
      stdout: process.stdout.isTTY ? 'inherit' : [withoutErasures, 'inherit'],
      stderr: 'inherit',
      cancelSignal: signal,
      forceKillAfterDelay: KILL_AFTER_MS,
    });
  }
}

/** Compose erases a line before it writes it, and does so too without a terminal, as in `logs | grep`. */
function* withoutErasures(line: unknown): Generator<string> {
  yield String(line).replaceAll(ERASE_LINE, '');
}

/** The last lines that are not empty, oldest first. */
export function lastLines(output: string, count: number): string[] {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(-count);
}

/** Compose is a plugin, a process below `docker`: the signal goes to both. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
