import type { ProblemCode } from '@flotilla/contracts';
import { describeSystemError } from '@flotilla/terminal/system-error';

/** An error as it is shown to people, and as it stands in `--json`. */
export interface ErrorReport {
  readonly message: string;
  /** A code of the catalogue, when the fleet gave one. */
  readonly code?: ProblemCode | (string & {});
  readonly status?: number;
  readonly request_id?: string;
  readonly failed_stage?: string;
  /** What mends it. */
  readonly fix?: string;
}

/** A file, option or answer that cannot be used; the message says which and why. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly fix: string | undefined;

  constructor(message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

/** How the fleet is started; the answer to most connections that are refused. */
export const START_FLEET = 'Is the fleet up? Start it with: make up-parallel';

/** No answer came in the time of a try, or none at all. */
export class NoAnswerError extends ClientError {
  override readonly name: string = 'NoAnswerError';
}

/** The connection was refused or broke off, or the host is unknown: another address may do better at once. */
export class ConnectionError extends NoAnswerError {
  override readonly name = 'ConnectionError';
}

/** An answer of another status than 200. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly failedStage: string | undefined;
  /** What `Retry-After` asks for; undefined when it does not. */
  readonly retryAfterMs: number | undefined;

  /** @param detail - What the answer says is wrong. */
  constructor(detail: string, status: number, members: Partial<Omit<RefusedError, keyof Error | 'status'>> = {}) {
    super(detail);
    this.status = status;
    this.code = members.code;
    this.requestId = members.requestId;
    this.failedStage = members.failedStage;
    this.retryAfterMs = members.retryAfterMs;
  }
}

/** An error as a report: never a stack for what the user can mend. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof RefusedError) {
    const { message, status, code, requestId, failedStage } = error;
    return {
      message,
      status,
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...(failedStage === undefined ? {} : { failed_stage: failedStage }),
    };
  }
  if (error instanceof ClientError) {
    return { message: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) };
  }
  const sentence = describeSystemError(error);
  if (sentence !== undefined) return { message: sentence };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** A report for people: what is wrong, then what mends it and what to look for, a line each. */
export function renderError(report: ErrorReport): string {
  const title = [report.code, report.status && `(${report.status})`].filter(Boolean).join(' ');
  const lines = [
    title ? `${title}: ${report.message}` : report.message,
    report.fix,
    report.failed_stage && `Failed stage: ${report.failed_stage}`,
    report.request_id && `Request id: ${report.request_id}`,
  ];
  return lines.filter(Boolean).join('\n  ');
}
