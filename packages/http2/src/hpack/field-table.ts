import { STATIC_FIELDS } from './static-table.js';

/** What an entry counts beside its name and value, in bytes (RFC 7541, section 4.1). */
const ENTRY_OVERHEAD_BYTES = 32;

/** What a field counts, in bytes. Names and values have a character a byte. */
export function fieldBytes(name: string, value: string): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}

/** The latest fields of one direction of a connection, the oldest of which make room (RFC 7541, section 2.3.2). */
export class FieldTable {
  /** How much of it there may be, in bytes. */
  #maxBytes: number;
  #bytes = 0;
  /** The oldest first; those before `#first` are gone. */
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  /** How many were ever added: an entry's place in that order is what it is known by here. */
  #added = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  set maxBytes(bytes: number) {
    this.#maxBytes = bytes;
    this.#makeRoom(0);
  }

  get #length(): number {
    return this.#names.length - this.#first;
  }

  /** @returns Its place among all that were ever added; it may be gone at once, with all others, if it is too large. */
  add(name: string, value: string): number {
    const bytes = fieldBytes(name, value);
    this.#makeRoom(bytes);
    if (bytes <= this.#maxBytes) {
      this.#names.push(name);
      this.#values.push(value);
      this.#bytes += bytes;
    }
    return this.#added++;
  }

  /** @param place - See {@link add}. @returns Its number on the wire; undefined if it is gone. */
  numberOf(place: number): number | undefined {
    const age = this.#added - 1 - place;
    return age < this.#length ? STATIC_FIELDS + 1 + age : undefined;
  }

  /** @param number - On the wire. @returns Undefined if there is none. */
  name(number: number): string | undefined {
    return this.#names[this.#indexOf(number)];
  }

  value(number: number): string {
    return this.#values[this.#indexOf(number)] as string;
  }

  /** The latest has the smallest number. */
  #indexOf(number: number): number {
    const index = this.#names.length - (number - STATIC_FIELDS);
    return index >= this.#first ? index : -1;
  }

  #makeRoom(bytes: number): void {
    while (this.#bytes + bytes > this.#maxBytes && this.#length > 0) {
      const name = this.#names[this.#first] as string;
      this.#bytes -= fieldBytes(name, this.#values[this.#first] as string);
      this.#names[this.#first] = '';
      this.#values[this.#first] = '';
      this.#first++;
    }
    if (this.#first > 64 && this.#first > this.#names.length / 2) {
      this.#names = this.#names.slice(this.#first);
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
  }
}
