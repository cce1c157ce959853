import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ReportRequest, ReportRequestSchema, ReportResponseSchema } from '@flotilla/contracts/rpc';
import { HeldData } from '@flotilla/service-kit';
import { malformed, type RpcCaller, type UnaryWork } from '@flotilla/service-kit/rpc';
import { generateReport } from './report-method.js';
import type { StageCall } from './stage-call.js';

/** Gathers a request for a report, and has it written. */
export class ReportWork implements UnaryWork {
  readonly #call: StageCall;
  readonly #caller: RpcCaller;
  readonly #pieces = new HeldData();

  constructor(call: StageCall, caller: RpcCaller) {
    this.#call = call;
    this.#caller = caller;
  }

  write(piece: Buffer): boolean {
    this.#pieces.keep(piece);
    return true;
  }

  async end(): Promise<Uint8Array> {
    const pieces = this.#pieces.takeAll();
    const [only] = pieces;
    const bytes = only && pieces.length === 1 ? only : Buffer.concat(pieces);
    const response = await generateReport(this.#call, this.#caller, requestIn(bytes));
    return toBinary(ReportResponseSchema, create(ReportResponseSchema, response));
  }
}

function requestIn(bytes: Buffer): ReportRequest {
  try {
    return fromBinary(ReportRequestSchema, bytes);
  } catch (error) {
    throw malformed((error as Error).message);
  }
}
