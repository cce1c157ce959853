import { join } from 'node:path';
import { type HelperProcess, startHelper } from '../measure/helper-process.ts';

/** A body that lies in a file, or in a part of one. */
export interface Body {
  readonly file: string;
  readonly start: number;
  /** Offset behind its last byte. */
  readonly end: number;
  readonly contentType: string;
  readonly requestId: string;
}

/** Bodies that are sent at once, each on a connection of its own. */
export interface UploadRequest {
  readonly url: string;
  readonly bodies: readonly Body[];
}

/** What came of them. */
export interface UploadResult {
  /** From before the first byte to the end of the last answer. */
  readonly wallMs: number;
  /** Bodies of the answers, all of status 200, in the order of the request. */
  readonly answers: readonly Uint8Array[];
  /** Processor time of the process that sent them. */
  readonly senderCpuNs: number;
}

export type Uploader = HelperProcess<UploadRequest, UploadResult>;

/** Starts the process that sends bodies. */
export function startUploader(): Uploader {
  return startHelper(join(import.meta.dirname, 'uploader.ts'));
}
