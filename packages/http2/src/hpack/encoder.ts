import { DEFAULT_TABLE_BYTES } from '../frames/protocol.js';
import { type FieldKind, INDEXED, KEPT, LENGTH, NEVER_KEPT, NOT_KEPT, RESIZED } from './field-kind.js';
import { FieldTable } from './field-table.js';
import { type StaticName, staticByName } from './static-table.js';

/** What was sent under a name. */
interface SentName {
  readonly inStatic: StaticName | undefined;
  readonly isSecret: boolean;
  /** The last value; one that comes twice in a row is kept in the table, and any other just sent. */
  lastValue: string | undefined;
  /** The value that is in the table, and its place there. */
  keptValue: string;
  keptAt: number;
}

/** Those which must not be guessed by how well they compress (RFC 7541, section 7.1.3). */
const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);
/** Names whose last value is known, if they are short. Of any other each field is sent as it is. */
const MAX_NAMES = 256;
/** What is longer would drive everything else from the table, and is not even remembered. */
const MAX_KEPT_BYTES = DEFAULT_TABLE_BYTES / 8;
/** Shorter than this a string is copied faster here than by a call to the engine. */
const SHORT_BYTES = 24;
/** Beside name and value: two lengths of at most five bytes, and one for the kind. */
const MOST_FRAMING_BYTES = 11;
const FIRST_BLOCK_BYTES = 4096;

/** All connections write their blocks here: one is sent before the next is written. */
let block: Buffer = Buffer.allocUnsafeSlow(FIRST_BLOCK_BYTES);

/**
 * Writes fields as HPACK (RFC 7541). Values that stay are sent once; strings are sent as they are, since Huffman's code
 * saves bytes, which cost little between the machines of a fleet, and costs time, which does not.
 */
export class FieldEncoder {
  readonly #table = new FieldTable(DEFAULT_TABLE_BYTES);
  readonly #names = new Map<string, SentName>();
  #at = 0;
  /** The smallest size that the table has had since the peer was told of one; undefined if it has not changed. */
  #leastBytes: number | undefined;

  /** The peer keeps a table of at most so many bytes. */
  resize(maxBytes: number): void {
    const bytes = Math.min(maxBytes, DEFAULT_TABLE_BYTES);
    if (bytes === this.#table.maxBytes) return;
    this.#table.maxBytes = bytes;
    this.#leastBytes = Math.min(bytes, this.#leastBytes ?? bytes);
  }

  /**
   * @param fields - Name, value, name, value, …
   * @returns A view of what is to be sent, valid until the next call of any encoder.
   */
  encode(fields: readonly string[]): Buffer {
    this.#at = 0;
    if (this.#leastBytes !== undefined) this.#resized(this.#leastBytes);
    for (let i = 0; i < fields.length; i += 2) {
      const name = (fields[i] as string).toLowerCase();
      const value = fields[i + 1] as string;
      this.#reserve(name.length + value.length + MOST_FRAMING_BYTES);
      const sent = this.#names.get(name) ?? this.#know(name);
      if (sent) this.#known(sent, name, value);
      else this.#literal(NOT_KEPT, undefined, name, value);
    }
    return block.subarray(0, this.#at);
  }

  /** The peer makes room as this side did: down to the smallest size first (RFC 7541, section 4.2). */
  #resized(leastBytes: number): void {
    const { maxBytes } = this.#table;
    if (leastBytes < maxBytes) this.#number(RESIZED, leastBytes);
    this.#number(RESIZED, maxBytes);
    this.#leastBytes = undefined;
  }

  #know(name: string): SentName | undefined {
    if (this.#names.size >= MAX_NAMES || name.length > MAX_KEPT_BYTES) return undefined;
    const sent: SentName = {
      inStatic: staticByName.get(name),
      isSecret: SECRET.has(name),
      lastValue: undefined,
      keptValue: '',
      keptAt: Number.NaN,
    };
    this.#names.set(name, sent);
    return sent;
  }

  #known(sent: SentName, name: string, value: string): void {
    const number = sent.inStatic?.numberOf.get(value);
    if (number !== undefined) {
      this.#number(INDEXED, number);
      return;
    }
    const kept = this.#table.numberOf(sent.keptAt);
    if (kept !== undefined && sent.keptValue === value) {
      this.#number(INDEXED, kept);
      return;
    }
    const named = sent.inStatic?.number ?? kept;
    const isWorthIt = sent.lastValue === value || named === undefined;
    sent.lastValue = value.length <= MAX_KEPT_BYTES ? value : undefined;
    if (sent.isSecret) {
      this.#literal(NEVER_KEPT, named, name, value);
    } else if (isWorthIt && value.length <= MAX_KEPT_BYTES) {
      this.#literal(KEPT, named, name, value);
      sent.keptAt = this.#table.add(name, value);
      sent.keptValue = value;
    } else {
      this.#literal(NOT_KEPT, named, name, value);
    }
  }

  #literal(kind: FieldKind, named: number | undefined, name: string, value: string): void {
    this.#number(kind, named ?? 0);
    if (named === undefined) this.#string(name);
    this.#string(value);
  }

  /** RFC 7541, section 5.1. */
  #number({ bits, mask }: FieldKind, value: number): void {
    if (value < mask) {
      block[this.#at++] = bits | value;
      return;
    }
    block[this.#at++] = bits | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>>= 7) block[this.#at++] = (rest & 0x7f) | 0x80;
    block[this.#at++] = rest;
  }

  #string(text: string): void {
    const { length } = text;
    this.#number(LENGTH, length);
    if (length >= SHORT_BYTES) block.write(text, this.#at, 'latin1');
    else for (let i = 0; i < length; i++) block[this.#at + i] = text.charCodeAt(i);
    this.#at += length;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= block.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#at + bytes));
    block.copy(larger, 0, 0, this.#at);
    block = larger;
  }
}
