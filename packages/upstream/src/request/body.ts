import { reportExternalMemory } from '@flotilla/process';
import type { RawHeaders } from '../http1/headers.js';
import type { ReplayBudget } from './replay-budget.js';

/** How far a body's source may be ahead of its reader, in bytes, before it is asked to wait. */
const HIGH_WATER_BYTES = 256 * 1024;
/** The same where the process holds all that it may: as much as it takes to begin a try. */
const LEAST_BYTES = 64 * 1024 + 1;

/** How much of it is handed to a reader at once, in bytes, at least if it is there: one write of a socket. */
const MAX_BATCH_BYTES = 256 * 1024;

/** From so many pieces on, small ones share memory of this size: a sender of single bytes must not cost a hundred each. */
const MAX_LOOSE_PIECES = 16;
const PACK_BYTES = 4 * 1024;
/** Places of pieces that were dropped, before the others move up. */
const MAX_LET_GO = 64;

/** Who fills a body, and waits while it is full. */
export interface BodySource {
  resume(): void;
}

/**
 * The body of a request on its way to an instance: filled by one source, read by one try at a time, from its
 * beginning for as long as all of it is kept. Past the replay limits what has been read is dropped, and the body can
 * no longer be sent again.
 */
export class Body {
  /**
   * Told when the reader has caught up and the source may go on. An object, and no callback: V8 makes a function literal
   * that is assigned to a property in the old generation, and all that it refers to then stays there until the next full
   * collection.
   */
  source: BodySource | undefined;
  /** Fields after the body, there once it has ended. */
  trailers: RawHeaders = [];
  /** Length in bytes that the source has announced, if the bytes go on as they are. */
  contentLength: number | undefined;
  /** Whether the source is the caller of this process. If not, the process itself works on what comes next. */
  isFromCaller = true;
  /** Whether a pause of its source is looked at. */
  isPauseWatched = true;
  /** How much its source was given to make it of, in bytes: some of that may come to nothing, and is no pause. */
  givenBytes = 0;
  readonly #budget: ReplayBudget;
  readonly #gatherBytes: number;
  readonly #maxKeptBytes: number;
  /** Those that were dropped have no bytes; whether there are such, the first one tells. */
  #chunks: (Uint8Array | undefined)[] = [];
  /** Memory that the chunks from `#packAt` on are parts of, and how much of it is in use. */
  #pack: Buffer | undefined;
  #packAt = 0;
  #packedBytes = 0;
  /** Index of the chunk that the reader takes next. */
  #position = 0;
  #totalBytes = 0;
  #unreadBytes = 0;
  #keptBytes = 0;
  /** What is in memory: kept, or not read yet. */
  #heldBytes = 0;
  #isEnded = false;
  #isReplayable = true;
  #failure: Error | undefined;
  /** Number of the reader that may read: a new try takes the body away from the one before it. */
  #reader = 0;
  #wakeReader: (() => void) | undefined;
  #onStartable: (() => void) | undefined;
  #wakeSource: (() => void) | undefined;
  #isReleased = false;
  /** Whether `push` has told the source to wait. */
  #isSourceWaiting = false;

  /**
   * @param gatherBytes - A body up to this size is waited for, so that head and body go out in one write.
   * @param maxKeptBytes - How much of it may be kept so that it can be sent again. 0 keeps none.
   */
  constructor(budget: ReplayBudget, gatherBytes: number, maxKeptBytes: number) {
    this.#budget = budget;
    this.#gatherBytes = gatherBytes;
    this.#maxKeptBytes = maxKeptBytes;
  }

  /** Why the source broke off, if it did. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether a try can send the body from its beginning: nothing of it has been dropped. */
  get canStart(): boolean {
    if (this.#failure || this.#isReleased) return false;
    return this.#totalBytes === 0 || this.#chunks[0] !== undefined;
  }

  /** Whether a try can begin: all of a small body is here, or the beginning of a large one, or it broke off. */
  get isStartable(): boolean {
    return this.#isEnded || this.#failure !== undefined || this.#totalBytes > this.#gatherBytes;
  }

  /** Whether all of it is here, in one piece that any number of readers can have. */
  get isFullyBuffered(): boolean {
    return this.#isEnded && this.#totalBytes <= this.#gatherBytes;
  }

  /** How much has come from the source, in bytes. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Whether all of it has been handed to the current reader. */
  get isFullyRead(): boolean {
    return this.#isEnded && this.#unreadBytes === 0;
  }

  /** Whether the source owes more: the reader has taken all there is, or there is not enough yet to begin with. */
  get awaitsSource(): boolean {
    return !this.#isEnded && (this.#unreadBytes === 0 || !this.isStartable);
  }

  /** How much the current reader has taken, in bytes. */
  get readBytes(): number {
    return this.#totalBytes - this.#unreadBytes;
  }

  /** Whether the source may add more. If not, {@link BodySource.resume} will be called. */
  get hasRoom(): boolean {
    const mostBytes = this.#budget.isHeldUp ? LEAST_BYTES : HIGH_WATER_BYTES;
    return this.#unreadBytes < mostBytes || this.#isReleased || this.#failure !== undefined;
  }

  /** Whether it holds what others could do with, and has not been read to its end. */
  get isInTheWay(): boolean {
    return this.#heldBytes > 0 && !this.isFullyRead && this.#budget.isHeldUp;
  }

  /** Adds a chunk, which must not change afterwards. False: wait for {@link BodySource.resume} before adding more. */
  push(chunk: Uint8Array): boolean {
    // It will not be read: the source may run to its end.
    if (this.#isReleased || this.#failure) return true;
    if (chunk.length < PACK_BYTES && this.#chunks.length >= MAX_LOOSE_PIECES) this.#put(chunk);
    else this.#add(chunk);
    this.#totalBytes += chunk.length;
    this.#unreadBytes += chunk.length;
    this.#hold(chunk.length);
    if (this.#isReplayable) this.#keep(chunk.length);
    this.#wake();
    this.#isSourceWaiting = !this.hasRoom;
    return !this.#isSourceWaiting;
  }

  end(trailers: RawHeaders = []): void {
    this.#isEnded = true;
    this.trailers = trailers;
    this.#wake();
  }

  /** The source broke off: its reader is told so, and no try can start again. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
    this.#drained();
  }

  /** Calls back once {@link Body.isStartable}, be it now. */
  whenStartable(callback: () => void): void {
    if (this.isStartable) callback();
    else this.#onStartable = callback;
  }

  /**
   * Settles once the source may add more, after other requests have had a turn of the event loop.
   *
   * @throws Why it broke off, or an error that says that it is no longer read: nothing more needs to be added.
   */
  async turn(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (!this.hasRoom) {
      await new Promise<void>((resolve) => {
        this.#wakeSource = resolve;
      });
    }
    if (this.#failure) throw this.#failure;
    if (this.#isReleased) throw new Error('the body is no longer read');
  }

  /**
   * A try is about to send it, from its beginning. To be called as soon as that is certain: while a connection is opened
   * more may come, and when a limit is met, what is before the position is dropped.
   */
  rewind(): void {
    this.#reader++;
    this.#wake();
    this.#position = 0;
    this.#unreadBytes = this.#totalBytes;
    // Its source may look whether there is room before it adds anything.
    this.#isSourceWaiting = !this.#isEnded && !this.hasRoom;
  }

  /** What a try sends, after {@link rewind}: a small body in one piece, a large one in batches of them, null for an empty one. */
  forTry(): Uint8Array | AsyncIterable<readonly Uint8Array[]> | null {
    if (!this.isFullyBuffered) return this.#read(this.#reader);
    this.#unreadBytes = 0;
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks as Uint8Array[])];
    return this.#chunks[0] ?? null;
  }

  /** Lets go of what is kept. No try can begin afterwards. */
  release(): void {
    this.#reader++;
    this.stopKeeping();
    this.#chunks = [];
    this.#pack = undefined;
    this.#hold(-this.#heldBytes);
    this.#isReleased = true;
    this.#wake();
    this.#drained();
  }

  /** No other try will come, or a limit is met: what has been read is dropped, and what comes is not kept. */
  stopKeeping(): void {
    this.#isReplayable = false;
    this.#budget.giveBack(this.#keptBytes);
    this.#keptBytes = 0;
    this.#hold(Math.min(0, this.#unreadBytes - this.#heldBytes));
    this.#chunks.fill(undefined, 0, this.#position);
    this.#moveUp();
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget.hold(bytes);
  }

  #add(chunk: Uint8Array): void {
    this.#pack = undefined;
    this.#chunks.push(chunk);
  }

  /** Adds a small chunk to the pack: to what is still unread of it, if there is such. */
  #put(chunk: Uint8Array): void {
    if (!this.#pack || this.#packedBytes + chunk.length > PACK_BYTES) {
      this.#pack = Buffer.allocUnsafeSlow(PACK_BYTES);
      this.#packAt = this.#chunks.length;
      this.#packedBytes = 0;
    }
    const last = this.#chunks.length - 1;
    const isExtended = last >= this.#packAt && last >= this.#position;
    const start = isExtended ? this.#packedBytes - (this.#chunks[last] as Uint8Array).length : this.#packedBytes;
    if (isExtended) this.#chunks.pop();
    else if (this.#isReplayable && last > this.#packAt) this.#joinRead();
    this.#pack.set(chunk, this.#packedBytes);
    this.#packedBytes += chunk.length;
    this.#chunks.push(this.#pack.subarray(start, this.#packedBytes));
  }

  /** All of the pack was read, in several parts: they become one. */
  #joinRead(): void {
    this.#chunks.length = this.#packAt;
    this.#chunks.push((this.#pack as Buffer).subarray(0, this.#packedBytes));
    this.#position = this.#chunks.length;
  }

  /** A body of any length must not leave a place behind for each of its pieces. */
  #moveUp(): void {
    if (this.#position < MAX_LET_GO || 2 * this.#position < this.#chunks.length) return;
    const letGo = this.#position - 1;
    this.#chunks.splice(1, letGo);
    this.#position = 1;
    this.#packAt = Math.max(1, this.#packAt - letGo);
  }

  async *#read(reader: number): AsyncGenerator<readonly Uint8Array[]> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      // Never an ordinary end: a chunked body would be closed as if it were whole.
      if (reader !== this.#reader) throw new Error('the body is read by another try');
      if (this.#position < this.#chunks.length) {
        yield this.#takeBatch();
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
        // What else comes in this turn goes along: pieces that are passed on one by one are cut again at every hop.
        if (!this.#isEnded) await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
  }

  #takeBatch(): Uint8Array[] {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (this.#position < this.#chunks.length && bytes < MAX_BATCH_BYTES) {
      const chunk = this.#chunks[this.#position];
      // Never silently: what follows would be taken for the whole.
      if (!chunk) throw new Error('a part of the body has been dropped');
      bytes += chunk.length;
      batch.push(this.#take(chunk));
    }
    if (!this.#isReplayable) reportExternalMemory(bytes);
    return batch;
  }

  #take(chunk: Uint8Array): Uint8Array {
    this.#position++;
    if (!this.#isReplayable) {
      this.#chunks[this.#position - 1] = undefined;
      this.#hold(-Math.min(chunk.length, this.#heldBytes));
      this.#moveUp();
    }
    this.#unreadBytes -= chunk.length;
    if ((this.#isSourceWaiting || this.#wakeSource) && this.hasRoom) this.#drained();
    return chunk;
  }

  #drained(): void {
    // To resume a request that is over is no empty gesture: it costs a turn, and keeps it from being collected young.
    const isSourceWaiting = this.#isSourceWaiting;
    this.#isSourceWaiting = false;
    if (isSourceWaiting) this.source?.resume();
    this.#wakeSource?.();
    this.#wakeSource = undefined;
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = undefined;
    if (!this.#onStartable || !this.isStartable) return;
    const onStartable = this.#onStartable;
    this.#onStartable = undefined;
    onStartable();
  }

  #keep(bytes: number): void {
    const mayKeep = this.#keptBytes + bytes <= this.#maxKeptBytes;
    if (mayKeep && this.#budget.take(bytes)) this.#keptBytes += bytes;
    else this.stopKeeping();
  }
}
