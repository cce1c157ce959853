import { ConnectionFault, errorCode } from './protocol.js';
import { Rate, type RateLimit } from './rate.js';

/**
 * Frames that carry nothing: an empty one, a setting, a ping, a priority, one of a type that nobody knows. Clients of
 * gRPC in Go ping once for each round trip while much arrives: on one machine that is 10 000 times a second. So many
 * cost a hundredth of a processor.
 */
const NOTHINGS: RateLimit = { burst: 20_000, perSecond: 20_000 };
/** Each 16 KiB of data may be answered by two: so many come of 800 MB a second. They cost a third of a ping. */
const WINDOW_UPDATES: RateLimit = { burst: 100_000, perSecond: 100_000 };

/** Ends the connection of a peer that keeps this side busy with nothing. */
export class FloodGuard {
  readonly #resets: Rate;
  readonly #nothings = new Rate(NOTHINGS);
  readonly #windowUpdates = new Rate(WINDOW_UPDATES);

  /** @param resets - Of streams, whoever resets them (CVE-2023-44487, CVE-2025-8671). */
  constructor(resets: RateLimit) {
    this.#resets = new Rate(resets);
  }

  /** @throws ConnectionFault, as the others do, if it was one too many. */
  countReset(): void {
    if (!this.#resets.take()) throw tooMany('resets');
  }

  countNothing(): void {
    if (!this.#nothings.take()) throw tooMany('frames of nothing');
  }

  countWindowUpdate(): void {
    if (!this.#windowUpdates.take()) throw tooMany('windows');
  }
}

function tooMany(what: string): ConnectionFault {
  return new ConnectionFault(errorCode.enhanceYourCalm, `too many ${what}`);
}
