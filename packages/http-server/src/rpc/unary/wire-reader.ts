import { malformed } from './faults.js';
import { Varint } from './varint.js';

/** Where the fields of a message go, as they are read. */
export interface FieldSink {
  /** What a field of this number is declared as; undefined: it is not known, and skipped. */
  kindOf(fieldNumber: number): 'bytes' | 'bool' | undefined;
  /**
   * A field of bytes, or a string, begins.
   *
   * @param restBytes - What the message has behind it; undefined: that is not known.
   */
  begin(fieldNumber: number, lengthBytes: number, restBytes: number | undefined): void;
  /** Bytes of the field that has started: a part of what came, not a copy. */
  bytes(chunk: Buffer): void;
  /** The field that has started is whole. */
  end(fieldNumber: number): void;
  bool(fieldNumber: number, value: boolean): void;
}

/** What the next byte is of. */
type State = 'tag' | 'length' | 'length to skip' | 'bool' | 'varint to skip' | 'bytes' | 'bytes to skip';

/** Of fields on the wire. */
const type = { varint: 0, bit64: 1, bytes: 2, groupBegins: 3, groupEnds: 4, bit32: 5 } as const;

/** Of groups within groups: that of @bufbuild/protobuf, which counts the message itself as one of a hundred. */
const MAX_GROUPS = 99;

/**
 * Reads a message of protobuf in pieces, cut anywhere. It takes and refuses what `fromBinary` of @bufbuild/protobuf does,
 * and a test holds the two equal: a known field is read as what it is declared, whatever its tag says of its type.
 */
export class WireReader {
  readonly #sink: FieldSink;
  readonly #lengthBytes: number | undefined;
  readonly #varint = new Varint();
  /** Numbers of the groups that are being skipped, the innermost last. */
  readonly #groups: number[] = [];
  #state: State = 'tag';
  #fieldNumber = 0;
  #readBytes = 0;
  /** What of the current field's bytes is still to come. */
  #leftBytes = 0;

  /** @param lengthBytes - Of the whole message; undefined: it is not known. */
  constructor(sink: FieldSink, lengthBytes: number | undefined) {
    this.#sink = sink;
    this.#lengthBytes = lengthBytes;
  }

  /** @throws ConnectError if it is no message, and what its sink throws. */
  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = this.#leftBytes > 0 ? this.#takeBytes(chunk, at) : this.#takeByte(chunk[at] as number);
      at += taken;
    }
  }

  /** @throws ConnectError if the message ends within a field. */
  end(): void {
    if (this.#state !== 'tag' || this.#varint.isOpen || this.#groups.length > 0) throw malformed('premature EOF');
  }

  #takeBytes(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#leftBytes, chunk.length - at);
    this.#readBytes += taken;
    this.#leftBytes -= taken;
    const isWanted = this.#state === 'bytes';
    if (isWanted) this.#sink.bytes(chunk.subarray(at, at + taken));
    if (this.#leftBytes === 0) this.#endBytes(isWanted);
    return taken;
  }

  #takeByte(byte: number): number {
    this.#readBytes++;
    if (this.#state === 'varint to skip') {
      // As long as it likes: that is how @bufbuild/protobuf has it.
      if (byte < 0x80) this.#state = 'tag';
    } else if (this.#varint.add(byte)) {
      this.#takeNumber();
    }
    return 1;
  }

  #takeNumber(): void {
    const { low, isNonZero } = this.#varint;
    if (this.#state === 'tag') {
      this.#varint.requireTag();
      this.#beginField(low >>> 3, low & 7);
    } else if (this.#state === 'bool') {
      this.#state = 'tag';
      this.#sink.bool(this.#fieldNumber, isNonZero);
    } else {
      this.#beginBytes(low, this.#state === 'length');
    }
  }

  #beginField(fieldNumber: number, wireType: number): void {
    if (fieldNumber === 0 || wireType > type.bit32) {
      throw malformed(`illegal tag: field no ${fieldNumber} wire type ${wireType}`);
    }
    this.#fieldNumber = fieldNumber;
    const kind = this.#groups.length === 0 ? this.#sink.kindOf(fieldNumber) : undefined;
    if (kind === undefined) this.#skip(wireType);
    else this.#state = kind === 'bytes' ? 'length' : 'bool';
  }

  #skip(wireType: number): void {
    if (wireType === type.varint) this.#state = 'varint to skip';
    else if (wireType === type.bytes) this.#state = 'length to skip';
    else if (wireType === type.groupBegins) this.#beginGroup();
    else if (wireType === type.groupEnds) this.#endGroup();
    else this.#beginBytes(wireType === type.bit64 ? 8 : 4, false);
  }

  #beginGroup(): void {
    if (this.#groups.length === MAX_GROUPS) throw malformed('maximum recursion depth reached');
    this.#groups.push(this.#fieldNumber);
  }

  #endGroup(): void {
    const opened = this.#groups.pop();
    if (opened === undefined) throw malformed(`cant skip wire type ${type.groupEnds}`);
    if (opened !== this.#fieldNumber) throw malformed('invalid end group tag');
  }

  #beginBytes(lengthBytes: number, isWanted: boolean): void {
    const restBytes = this.#lengthBytes === undefined ? undefined : this.#lengthBytes - this.#readBytes - lengthBytes;
    if (restBytes !== undefined && restBytes < 0) throw malformed('premature EOF');
    this.#state = isWanted ? 'bytes' : 'bytes to skip';
    this.#leftBytes = lengthBytes;
    if (isWanted) this.#sink.begin(this.#fieldNumber, lengthBytes, restBytes);
    if (lengthBytes === 0) this.#endBytes(isWanted);
  }

  #endBytes(isWanted: boolean): void {
    this.#state = 'tag';
    if (isWanted) this.#sink.end(this.#fieldNumber);
  }
}
