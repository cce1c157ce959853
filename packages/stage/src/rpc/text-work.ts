import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type RpcCaller, type UnaryWork, WireReader } from '@flotilla/http-server/rpc';
import { ReceiveBuffer } from '@flotilla/http2';
import { takeRequestId } from '../input/request-id.js';
import { BodyStream } from './body-stream.js';
import type { LocalBody } from './in-process-exchange.js';
import { predictTrailingFlag } from './predict-trailing-flag.js';
import type { StageCall } from './stage-call.js';
import { TextFields, type TextSink } from './text-fields.js';
import type { TextMethod } from './text-methods.js';

/** From this length on a text is handed on while it comes; to gather a shorter one takes no time. */
const MIN_STREAMED_BYTES = 256 * 1024;

/** What a request that is a text leads to. */
export interface TextWorkOptions<Response extends DescMessage> {
  readonly method: TextMethod<Response>;
  readonly call: StageCall;
  readonly caller: RpcCaller;
  /** Of the message; undefined: it is not known before its end. */
  readonly lengthBytes: number | undefined;
  /** Called when there is room again. */
  readonly resume: () => void;
}

/** The stage's work on a text that is still coming. */
interface Attempt<Response extends DescMessage> {
  readonly flow: BodyStream;
  readonly requestId: string;
  readonly flag: boolean;
  readonly result: Promise<MessageInitShape<Response>>;
  /** Fields for the answer's head, if this is the one that counts. */
  readonly headers: ReadonlyMap<string, string>;
  readonly abandoning: AbortController;
}

/**
 * Reads a message whose text is bytes to us, and has the stage work on it. What is behind a text can change what is asked
 * for, or be another text, which then counts. A long one goes to the stage as it comes, under what can be told of the rest
 * beforehand. If the stage was asked for more than is wanted, the rest of its answer is left out. Only where it may have been
 * asked for less is the text kept, to go there once more: the client is told nothing before the message is whole.
 */
export class TextWork<Response extends DescMessage> implements UnaryWork, TextSink {
  readonly #options: TextWorkOptions<Response>;
  readonly #fields: TextFields;
  readonly #reader: WireReader;
  /** Of the text, for as long as it may be needed from its beginning. */
  readonly #chunks = new ReceiveBuffer();
  #textBytes = 0;
  #isKept = true;
  #attempt: Attempt<Response> | undefined;

  constructor(options: TextWorkOptions<Response>) {
    this.#options = options;
    this.#fields = new TextFields(this, options.method.flag !== undefined);
    this.#reader = new WireReader(this.#fields, options.lengthBytes);
  }

  write(chunk: Buffer): boolean {
    this.#reader.write(chunk);
    return this.#attempt?.flow.hasRoom ?? true;
  }

  async end(): Promise<Uint8Array> {
    this.#reader.end();
    const { response } = this.#options.method;
    return toBinary(response, create(response, await this.#result()));
  }

  beginText(lengthBytes: number, restBytes: number | undefined): void {
    this.#abandon();
    this.#textBytes = lengthBytes;
    this.#chunks.clear();
    this.#isKept = true;
    if (lengthBytes < MIN_STREAMED_BYTES) return;
    const flag = this.#expectedFlag(restBytes);
    if (flag === undefined) return;
    this.#attempt = this.#begin(flag);
    this.#isKept = !this.#serves(flag, !flag) && restBytes !== 0;
  }

  text(chunk: Buffer): void {
    if (this.#isKept) this.#chunks.keep(chunk);
    this.#attempt?.flow.push(chunk);
  }

  endText(): void {
    this.#attempt?.flow.end();
  }

  #result(): Promise<MessageInitShape<Response>> {
    const { flag } = this.#fields;
    const attempt = this.#attempt;
    // A stage takes longer than a message: what is no longer needed is not held for so long.
    const chunks = this.#chunks.takeAll();
    if (attempt && this.#serves(attempt.flag, flag)) return this.#resultOf(attempt, flag);
    this.#abandon();
    return this.#run(chunks, this.#options.caller, flag);
  }

  /** Undefined: it cannot be told, and is waited for. */
  #expectedFlag(restBytes: number | undefined): boolean | undefined {
    const { method, caller } = this.#options;
    const { flag } = this.#fields;
    if (method.flag?.isCheap && restBytes !== 0) return method.flag.fuller;
    return method.flag ? predictTrailingFlag({ restBytes, requestId: caller.exchange.context.requestId, flag }) : false;
  }

  /** Whether the answer that was asked for with one flag can be given to a caller who has sent another. */
  #serves(asked: boolean, sent: boolean): boolean {
    const { flag } = this.#options.method;
    return asked === sent || flag === undefined || asked === flag.fuller;
  }

  async #resultOf(attempt: Attempt<Response>, flag: boolean): Promise<MessageInitShape<Response>> {
    const { requestId, headers, result } = attempt;
    const { method, caller } = this.#options;
    const { exchange, setHeader } = caller;
    const known = this.#fields.requestId;
    // It is logged, and answered, under the id that its message brought.
    if (known !== requestId) takeRequestId(exchange.context)(known);
    try {
      const answer = await result;
      return method.flag && attempt.flag !== flag ? method.flag.lessen(answer) : answer;
    } finally {
      for (const [name, value] of headers) setHeader(name, value);
    }
  }

  #begin(flag: boolean): Attempt<Response> {
    const { caller, resume } = this.#options;
    const flow = new BodyStream(resume);
    const abandoning = new AbortController();
    const signal = AbortSignal.any([caller.signal, abandoning.signal]);
    const headers = new Map<string, string>();
    const setHeader = (name: string, value: string) => void headers.set(name, value);
    const result = this.#run(flow, { ...caller, signal, setHeader }, flag);
    // It is asked for when the message is whole.
    result.catch(() => {});
    return { flow, requestId: this.#fields.requestId, flag, result, headers, abandoning };
  }

  #run(text: LocalBody, caller: RpcCaller, flag: boolean): Promise<MessageInitShape<Response>> {
    const { method, call } = this.#options;
    return method.run(call, caller, { text, lengthBytes: this.#textBytes, requestId: this.#fields.requestId, flag });
  }

  #abandon(): void {
    this.#attempt?.abandoning.abort();
    this.#attempt = undefined;
  }
}
