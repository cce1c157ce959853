import { isName } from './field-lines.js';

/** Names of fields, in any case. Told apart by their lengths first: most names are none of a set without more ado. */
export class NameSet {
  readonly #byLength: (string[] | undefined)[] = [];

  /** @param names - In lower case. */
  constructor(names: Iterable<string>) {
    for (const name of names) {
      const alike = this.#byLength[name.length];
      if (alike) alike.push(name);
      else this.#byLength[name.length] = [name];
    }
  }

  has(name: string): boolean {
    const alike = this.#byLength[name.length];
    if (alike === undefined) return false;
    for (const each of alike) if (isName(name, each)) return true;
    return false;
  }
}
