import { ConnectionFault, errorCode } from './frames/protocol.js';
import { Rate, type RateLimit } from './rate.js';

/**
 * Frames that carry nothing: an empty one, a setting, a ping, a priority, one of an unknown type. Clients of
 * gRPC in Go ping once for each round trip while much arrives: on one machine that is 10 000 times a second. So many
 * cost a hundredth of a processor.
 */
const NOTHINGS: RateLimit = { burst: 20_000, perSecond: 20_000 };
/** Each 16 KiB of data may be answered by two: so many come of 800 MB a second. They cost a third of a ping. */
const WINDOW_UPDATES: RateLimit = { burst: 100_000, perSecond: 100_000 };
/**
 * Frames of data so short that their heads are most of the work: one without data counts as a frame of nothing, one of a
 * byte as a whole one here, one of half the length below as half. A client that sends each message of a stream by itself
 * stays below; at this rate they cost a twentieth of a processor, and without it 9 million a second came.
 */
const SMALL_DATA_BYTES = 128;
const SMALL_DATA: RateLimit = { burst: 100_000, perSecond: 50_000 };
/** Streams that were reset here one after the other, of which all that was under way may still come. */
const MAX_LATE_STREAMS = 256;
const FIELDS_OF_LATE = 2;

/** What may still come on a stream once it was reset here, since its peer had not heard of it, in bytes. */
export interface LateLimits {
  /** Of data: the stream's window, of which no more is given. */
  readonly windowBytes: number;
  /** Of fields: one message's. A response ends with others. */
  readonly maxListBytes: number;
}

/** Ends the connection of a peer that keeps this side busy with nothing. */
export class FloodGuard {
  readonly #resets: Rate;
  readonly #nothings = new Rate(NOTHINGS);
  readonly #windowUpdates = new Rate(WINDOW_UPDATES);
  readonly #smallData = new Rate(SMALL_DATA);
  readonly #late: LateLimits;
  /** What may still come on streams that were reset here, in bytes. */
  #lateBytes = 0;

  /** @param resets - Of streams, by either side (CVE-2023-44487, CVE-2025-8671). */
  constructor(resets: RateLimit, late: LateLimits) {
    this.#resets = new Rate(resets);
    this.#late = late;
  }

  /** @throws ConnectionFault, as the others do, if it was one too many. */
  countReset(): void {
    if (!this.#resets.take()) throw tooMany('resets');
  }

  /** @param count - How many frames' worth of work it is. */
  countNothing(count = 1): void {
    if (!this.#nothings.take(count)) throw tooMany('frames of nothing');
  }

  /** Of a frame of data behind which more comes. @param bytes - Without padding. */
  countData(bytes: number): void {
    if (bytes >= SMALL_DATA_BYTES) return;
    if (bytes === 0) this.countNothing();
    else if (!this.#smallData.take(1 - (bytes - 1) / SMALL_DATA_BYTES)) throw tooMany('small frames of data');
  }

  /** A stream was reset here. */
  expectLate(): void {
    const { windowBytes, maxListBytes } = this.#late;
    const eachBytes = windowBytes + FIELDS_OF_LATE * maxListBytes;
    this.#lateBytes = Math.min(this.#lateBytes + eachBytes, MAX_LATE_STREAMS * eachBytes);
  }

  /** Data have come on a stream that was reset here. */
  countLateData(bytes: number): void {
    this.#takeLate(bytes);
  }

  /** The same of fields, whatever their length. */
  countLateFields(): void {
    this.#takeLate(this.#late.maxListBytes);
  }

  #takeLate(bytes: number): void {
    this.#lateBytes -= bytes;
    if (this.#lateBytes < 0) throw tooMany('frames on streams that were reset');
  }

  countWindowUpdate(): void {
    if (!this.#windowUpdates.take()) throw tooMany('windows');
  }
}

function tooMany(what: string): ConnectionFault {
  return new ConnectionFault(errorCode.enhanceYourCalm, `too many ${what}`);
}
