/** A command cannot be done, for a reason that its message explains to the person who gave it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  /** Exit code of the command line. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
