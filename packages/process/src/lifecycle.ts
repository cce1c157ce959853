/** Where a process is in its life. It takes requests in all of them; `ready` is when others should send some. */
export type Phase = 'starting' | 'ready' | 'draining';

/** The phase of a process, for its readiness route and for its supervisor. */
export class Lifecycle {
  #phase: Phase = 'starting';
  readonly #listeners = new Set<() => void>();

  get phase(): Phase {
    return this.#phase;
  }

  set phase(phase: Phase) {
    if (phase === this.#phase) return;
    this.#phase = phase;
    for (const listener of this.#listeners) listener();
  }

  /** Calls a function after each change of the phase; what it returns ends that. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
