import { type FieldBlock, FieldBlockReader } from './field-block.js';
import type { FrameHead } from './frames/frame-reader.js';
import { ConnectionFault, errorCode } from './frames/protocol.js';
import { type DecodedFields, FieldDecoder } from './hpack/decoder.js';

/** As many times as the list of fields may have, a block of them may have as it came; none that is sensible has more. */
const MAX_BLOCK_PART = 2;
/** Fields that are only small on the wire: so many times what is taken, and the client means no good. */
const BOMB_PART = 4;

/** Gathers the field sections of a connection from its frames (RFC 9113, 4.3), and decodes them. */
export class FieldSections {
  readonly #blocks: FieldBlockReader;
  readonly #decoder: FieldDecoder;
  readonly #maxListBytes: number;

  constructor(maxListBytes: number, maxFieldPieces: number) {
    this.#blocks = new FieldBlockReader(MAX_BLOCK_PART * maxListBytes, maxFieldPieces);
    this.#decoder = new FieldDecoder(maxListBytes);
    this.#maxListBytes = maxListBytes;
  }

  /** A section has started, and only a CONTINUATION frame may come. */
  get isOpen(): boolean {
    return this.#blocks.isOpen;
  }

  /** A HEADERS frame. @returns Its block if the section is whole. @throws ConnectionFault */
  begin(head: FrameHead, payload: Buffer): FieldBlock | undefined {
    return this.#blocks.begin(head, payload);
  }

  /** A CONTINUATION frame. @returns Its block if the section is whole. @throws ConnectionFault */
  goOn(head: FrameHead, payload: Buffer): FieldBlock | undefined {
    return this.#blocks.goOn(head, payload);
  }

  /** What stands in a block. Each is to be decoded, in turn: the table is shared. @throws ConnectionFault */
  decode({ bytes }: FieldBlock): DecodedFields {
    const decoded = this.#decoder.decode(bytes);
    if (decoded.listBytes > BOMB_PART * this.#maxListBytes) {
      throw new ConnectionFault(errorCode.enhanceYourCalm, 'fields that are small on the wire only');
    }
    return decoded;
  }
}
