import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';

/** As much as gzip can unpack a byte to (zlib.net/zlib_tech.html). */
const MAX_RATIO = 1032;
/**
 * What all messages together may unpack to that are held whole: a client makes us hold a thousand times what it sends. The
 * largest message gets through; others wait until it is done with.
 */
const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;

/** Room for unpacked messages of all calls of a process. Who asked first has it first. */
export class UnpackedRoom {
  #freeBytes = MAX_UNPACKED_BYTES;
  readonly #waiting: { readonly bytes: number; readonly grant: () => void }[] = [];

  /** Settles when there is room. */
  take(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, grant: resolve });
      this.#grant();
    });
  }

  giveBack(bytes: number): void {
    this.#freeBytes += bytes;
    this.#grant();
  }

  #grant(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#freeBytes; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#freeBytes -= next.bytes;
      next.grant();
    }
  }
}

const ofProcess = new UnpackedRoom();

/** What one call has of that room. */
export class RoomOfCall {
  readonly #room: UnpackedRoom;
  #bytes = 0;
  #isOver = false;

  constructor(room = ofProcess) {
    this.#room = room;
  }

  /** Settles when there is room for what so many packed bytes may become. */
  async takeFor(packedBytes: number): Promise<void> {
    const bytes = Math.min(packedBytes * MAX_RATIO, MAX_MESSAGE_BYTES);
    await this.#room.take(bytes);
    this.#bytes += bytes;
    if (this.#isOver) this.giveBack();
  }

  /** The messages so far are done with. */
  giveBack(): void {
    const bytes = this.#bytes;
    this.#bytes = 0;
    if (bytes > 0) this.#room.giveBack(bytes);
  }

  /** The call is over. */
  end(): void {
    this.#isOver = true;
    this.giveBack();
  }
}
