import { memoryOf } from '@flotilla/runtime';

const INTERVAL_MS = 100;

/** Looks at the memory of a process again and again, and remembers the most that it saw. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peakBytes = 0;

  /** Starts it. */
  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => void this.#look(), INTERVAL_MS);
  }

  /** The most so far, in bytes. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look();
  }

  async #look(): Promise<void> {
    const memory = await memoryOf([this.#pid]);
    this.#peakBytes = Math.max(this.#peakBytes, memory.get(this.#pid) ?? 0);
  }
}
