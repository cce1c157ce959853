/** What listeners of ours threw, which a connection hands to its owner: thrown on once the input has been read. */
export class Faults {
  #first: unknown;

  readonly take = (error: unknown): void => {
    this.#first ??= error;
  };

  /** @throws What a listener threw first. */
  check(): void {
    if (this.#first !== undefined) throw this.#first;
  }
}
