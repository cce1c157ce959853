import type { ResponseHead, Stream, StreamEnding } from '../src/index.js';

/** What the user of a stream has been told. */
export class Watcher {
  readonly heads: ResponseHead[] = [];
  readonly pieces: Buffer[] = [];
  readonly endings: { readonly ending: StreamEnding; readonly code: number }[] = [];
  trailers: readonly string[] | undefined;
  ends = 0;
  writables = 0;
  /** What it was told after it had been told that all is over. */
  readonly late: string[] = [];
  receivedBytes = 0;
  stream: Stream | undefined;
  /** What is done when something comes. */
  readonly does: { data?: () => void; end?: () => void; writable?: () => void; head?: () => void };

  constructor(does: Watcher['does'] = {}) {
    this.does = does;
  }

  get isClosed(): boolean {
    return this.endings.length > 0;
  }

  /** How it has ended: `whole`, or `reset 8`. */
  get ending(): string {
    return this.endings.map(({ ending, code }) => (ending === 'reset' ? `reset ${code}` : ending)).join(', ');
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('latin1');
  }

  onHead(head: ResponseHead): void {
    this.#note('head');
    this.heads.push(head);
    this.does.head?.();
  }

  onData(view: Buffer): void {
    this.#note('data');
    this.receivedBytes += view.length;
    this.pieces.push(Buffer.from(view));
    this.does.data?.();
  }

  onEnd(trailers: readonly string[]): void {
    this.#note('end');
    this.trailers = trailers;
    this.ends++;
    this.does.end?.();
  }

  onWritable(): void {
    this.#note('writable');
    this.writables++;
    this.does.writable?.();
  }

  onFault(error: unknown): void {
    throw error;
  }

  onClosed(ending: StreamEnding, code: number): void {
    this.#note('closed');
    this.endings.push({ ending, code });
  }

  #note(what: string): void {
    if (this.isClosed) this.late.push(what);
  }
}
