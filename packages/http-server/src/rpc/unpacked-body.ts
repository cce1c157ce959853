import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import { messageTooLarge } from './unary/faults.js';
import { unpackMessage } from './unpack-message.js';
import type { RoomOfCall } from './unpacked-room.js';

type Body = AsyncGenerator<Buffer>;

const HEAD_BYTES = 5;
const COMPRESSED_FLAG = 0x01;
/**
 * What a message may unpack to that becomes objects here: one in JSON, mostly. They take up to fifty times its size, and what
 * is nothing but brackets can be packed a thousand times. gRPC's own default is 4 MiB. That of a stream is a piece of a text.
 */
const MAX_OBJECTS_BYTES = 8 * 1024 * 1024;

/**
 * A body that is one message, unpacked. It is unpacked when it is whole, and there is room for what it may become.
 *
 * @throws ConnectError
 */
export async function* unpackedMessage(body: Body, room: RoomOfCall): Body {
  const packed: Buffer[] = [];
  let packedBytes = 0;
  for await (const chunk of body) {
    packedBytes += chunk.length;
    if (packedBytes > MAX_MESSAGE_BYTES) throw messageTooLarge(undefined, 'readMaxBytes');
    packed.push(chunk);
  }
  yield* await unpacked(packed, packedBytes, room, MAX_OBJECTS_BYTES);
}

/**
 * A body of envelopes, with what the messages in them unpack to: connect-es sees no packed one.
 *
 * @param isStream - Of many messages, each of which is done with when the next one is asked for.
 * @throws ConnectError
 */
export async function* unpackedEnvelopes(body: Body, room: RoomOfCall, isStream: boolean): Body {
  const reader = new PieceReader(body);
  for (;;) {
    const head = Buffer.concat(await gathered(reader.take(HEAD_BYTES)));
    if (head.length < HEAD_BYTES) {
      // connect-es says what is wrong with it, if there is any.
      yield head;
      return;
    }
    const lengthBytes = head.readUInt32BE(1);
    if ((head.readUInt8(0) & COMPRESSED_FLAG) === 0) {
      yield head;
      yield* reader.take(lengthBytes);
      continue;
    }
    if (lengthBytes > MAX_MESSAGE_BYTES) throw messageTooLarge(lengthBytes, 'readMaxBytes');
    const packed = await gathered(reader.take(lengthBytes));
    if (reader.isEnded) {
      yield head;
      return;
    }
    const chunks = await unpacked(packed, lengthBytes, room, isStream ? MAX_MESSAGE_BYTES : MAX_OBJECTS_BYTES);
    head.writeUInt8(head.readUInt8(0) & ~COMPRESSED_FLAG, 0);
    head.writeUInt32BE(
      chunks.reduce((sum, { length }) => sum + length, 0),
      1,
    );
    yield head;
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk;
    if (isStream) room.giveBack();
  }
}

async function unpacked(
  packed: readonly Buffer[],
  packedBytes: number,
  room: RoomOfCall,
  maxBytes: number,
): Promise<Buffer[]> {
  await room.takeFor(packedBytes);
  const chunks: Buffer[] = [];
  await unpackMessage(packed, (chunk) => chunks.push(chunk) > 0, { maxBytes });
  return chunks;
}

async function gathered(chunks: Body): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** Reads a body by lengths. */
class PieceReader {
  /** Whether it had less than was asked for. */
  isEnded = false;
  readonly #body: Body;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: Body) {
    this.#body = body;
  }

  /** The next so many bytes, or what there is of them, as they come. */
  async *take(bytes: number): Body {
    for (let left = bytes; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#body.next();
        this.isEnded = next.done === true;
        if (next.done) return;
        this.#rest = next.value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      if (chunk.length > 0) yield chunk;
    }
  }
}
