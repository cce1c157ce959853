import { constants } from 'node:os';
import { CommandError } from './command-error.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns Ctrl-C and its kin into something that a command can clean up after, from its making to its disposal. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  #received: NodeJS.Signals | undefined;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    // The first decides; others find the cleaning up already under way.
    this.#received ??= signal;
    this.#controller.abort();
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first signal; undefined: none came. */
  get received(): NodeJS.Signals | undefined {
    return this.#received;
  }

  /** @throws CommandError with the exit code that shells give to a command that a signal ended. */
  throwIfReceived(): void {
    if (this.#received) throw new CommandError(`interrupted by ${this.#received}`, signalExitCode(this.#received));
  }

  /** Rejects at the first signal, else settles as `work` does. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    const interrupted = new Promise<never>((_, reject) => {
      const refuse = () => reject(new CommandError(`interrupted by ${this.#received}`));
      if (this.signal.aborted) refuse();
      else this.signal.addEventListener('abort', refuse, { once: true });
    });
    return Promise.race([work, interrupted]);
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}

/**
 * Aborted by the first signal. The second ends the program at once, as a signal does.
 *
 * @param signals - Without SIGHUP unless said, which a program under `nohup` must not hear of.
 */
export function abortOnSignal(signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']): AbortController {
  const controller = new AbortController();
  for (const signal of signals) process.once(signal, () => controller.abort());
  return controller;
}

/** 130 for SIGINT: 128 and the signal's number. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
