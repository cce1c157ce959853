import { ConnectionFault, DEFAULT_TABLE_BYTES, errorCode } from '../frames/protocol.js';
import { type FieldKind, INDEXED, KEPT, NOT_KEPT, RESIZED } from './field-kind.js';
import { FieldTable, fieldBytes } from './field-table.js';
import { decodeHuffman } from './huffman.js';
import { STATIC_FIELDS, staticNames, staticValues } from './static-table.js';

/** The fields of a message, as far as they were wanted. */
export interface DecodedFields {
  /** Name, value, name, value, … */
  readonly fields: string[];
  /** What all of them count, in bytes (RFC 9113, section 6.5.2); of those beyond the limit nothing was kept. */
  readonly listBytes: number;
}

/** Numbers beyond what 28 bits hold stand for nothing that there could be. */
const LARGEST_SHIFT = 21;

/** Reads the fields that a peer sends (HPACK, RFC 7541). All blocks of a connection must be read, and in order. */
export class FieldDecoder {
  readonly #table = new FieldTable(DEFAULT_TABLE_BYTES);
  readonly #maxListBytes: number;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Of the field that was read last. */
  #name = '';
  #value = '';

  /** @param maxListBytes - The fields of one message together, in bytes; beyond it none is kept. */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /**
   * @param block - All of a message's fields; only looked at during the call.
   * @throws ConnectionFault if it is malformed: what the table holds is unknown then.
   */
  decode(block: Buffer): DecodedFields {
    this.#block = block;
    this.#at = 0;
    while (this.#kindIs(RESIZED)) this.#resize();
    const fields: string[] = [];
    let listBytes = 0;
    while (this.#at < block.length) {
      if (this.#kindIs(INDEXED)) this.#indexed();
      else if (this.#kindIs(KEPT)) this.#kept();
      else if (this.#kindIs(RESIZED)) throw malformed('the size of the table changes within a block');
      else this.#literal(NOT_KEPT.mask);
      listBytes += fieldBytes(this.#name, this.#value);
      if (listBytes <= this.#maxListBytes) fields.push(this.#name, this.#value);
    }
    return { fields, listBytes };
  }

  #kindIs({ bits, mask }: FieldKind): boolean {
    return ((this.#block[this.#at] ?? 0) & ~mask & 0xff) === bits;
  }

  #indexed(): void {
    const number = this.#integer(INDEXED.mask);
    this.#name = this.#nameOf(number);
    this.#value = number <= STATIC_FIELDS ? (staticValues[number] as string) : this.#table.value(number);
  }

  #kept(): void {
    this.#literal(KEPT.mask);
    this.#table.add(this.#name, this.#value);
  }

  #literal(mask: number): void {
    const number = this.#integer(mask);
    this.#name = number === 0 ? this.#string() : this.#nameOf(number);
    this.#value = this.#string();
  }

  #resize(): void {
    const bytes = this.#integer(RESIZED.mask);
    if (bytes > DEFAULT_TABLE_BYTES) throw malformed('the table becomes larger than it may');
    this.#table.maxBytes = bytes;
  }

  #nameOf(number: number): string {
    const name = number <= STATIC_FIELDS ? staticNames[number] : this.#table.name(number);
    if (!name) throw malformed('a field that is not in the table');
    return name;
  }

  /** RFC 7541, section 5.1. @param mask - Of the bits that it has in the first byte. */
  #integer(mask: number): number {
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= LARGEST_SHIFT; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw malformed('a number that is too large');
  }

  #string(): string {
    const isCoded = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(0x7f);
    const start = this.#at;
    const end = start + length;
    if (end > this.#block.length) throw malformed('a string that does not end');
    this.#at = end;
    if (!isCoded) return this.#block.toString('latin1', start, end);
    const text = decodeHuffman(this.#block, start, end);
    if (text === undefined) throw malformed('a string in no code');
    return text;
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw malformed('a block that breaks off');
    return byte;
  }
}

function malformed(message: string): ConnectionFault {
  return new ConnectionFault(errorCode.compressionError, message);
}
