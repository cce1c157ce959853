import { type ErrorReport, renderError, reportOf } from './problems.js';

/** Where a command writes to: standard output or error, or what a test puts in their place. */
export interface Sink {
  write(text: string): unknown;
  /** Undefined or false: no terminal, so nothing but plain text is written. */
  readonly isTTY?: boolean;
}

/**
 * What a command tells. People get text as it comes; with `--json`, programs get one document at the end, and the text
 * is left out.
 */
export class Output {
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #asJson: boolean;
  #failed = false;

  constructor(stdout: Sink, stderr: Sink, asJson: boolean) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#asJson = asJson;
  }

  /** Whether anything failed: the exit code is then 1. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Where a progress bar may be drawn; undefined: nowhere, because the output is no terminal. */
  get progressSink(): Sink | undefined {
    return this.#stderr.isTTY && !this.#asJson ? this.#stderr : undefined;
  }

  get isTerminal(): boolean {
    return this.#stdout.isTTY === true && !this.#asJson;
  }

  /** A piece of text for people, a line break behind it. */
  text(text: string): void {
    if (!this.#asJson) this.#stdout.write(`${text}\n`);
  }

  /** What goes on meanwhile; not a part of the result. */
  note(text: string): void {
    if (!this.#asJson) this.#stderr.write(`${text}\n`);
  }

  /** The command's whole result, for programs. */
  result(value: unknown): void {
    if (this.#asJson) this.#stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One of many results, for programs that read them line by line. */
  resultLine(value: unknown): void {
    if (this.#asJson) this.#stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Marks the command as failed, says why, and returns what `--json` shows of it. */
  problem(error: unknown, subject?: string): ErrorReport {
    this.#failed = true;
    const report = reportOf(error);
    const text = renderError(report);
    if (!this.#asJson) this.#stderr.write(`error: ${subject === undefined ? '' : `${subject}: `}${text}\n`);
    return report;
  }
}
