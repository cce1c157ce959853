import type { ConnectError } from '@connectrpc/connect';
import type { BodyLimit } from '../../exchange.js';
import type { StageExchange, StageHandler } from '../../stage-exchange.js';
import { asConnectError } from '../connect-error.js';
import type { RpcCaller } from '../rpc-caller.js';
import { CallSignal } from './call-signal.js';
import { type DirectCall, directCallOf } from './direct-call.js';
import { BareReader, EnvelopeReader, type MessageReader, type MessageSink } from './envelope-reader.js';
import { clientLeft } from './faults.js';
import { sendError, sendMessage } from './unary-answer.js';

/** A method with one message each way, which takes its request as bytes. */
export interface UnaryMethod {
  readonly path: string;
  /**
   * Begins to read a request's message.
   *
   * @param lengthBytes - Of the message; undefined: it is not known before its end.
   * @param resume - To be called when there is room again after {@link UnaryWork.write} said that there is none.
   */
  begin(caller: RpcCaller, lengthBytes: number | undefined, resume: () => void): UnaryWork;
}

/** The work on one request. */
export interface UnaryWork {
  /** @returns False: it should get no more until it says so. @throws ConnectError if this is no message. */
  write(piece: Buffer): boolean;
  /** The message is whole. @returns That of the response. @throws ConnectError and FlotillaError */
  end(): Promise<Uint8Array>;
}

/** A message's limit is its reader's to keep. */
const NO_LIMIT: BodyLimit = { maxBytes: Number.POSITIVE_INFINITY, setting: '' };

/**
 * Answers calls of these methods, in protobuf's own format and not compressed, without connect-es: the bytes of a request go
 * to the method as they come. All other calls go on.
 *
 * @param others - connect-es, which answers the same in the same way; a test holds the two equal.
 */
export function unaryHandler(methods: readonly UnaryMethod[], others: StageHandler): StageHandler {
  const byPath = new Map(methods.map((method) => [method.path, method]));
  return async (exchange) => {
    const method = byPath.get(exchange.request.url);
    const call = method && directCallOf(exchange.request);
    if (method && call) await answerDirectly(exchange, method, call);
    else await others(exchange);
  };
}

async function answerDirectly(exchange: StageExchange, method: UnaryMethod, call: DirectCall): Promise<void> {
  const { response } = exchange;
  const headers = new Map<string, string>();
  const calling = new CallSignal(call.timeoutMs);
  response.onClose((isWhole) => {
    if (!isWhole) calling.abort(clientLeft());
  });
  const caller: RpcCaller = {
    exchange,
    signal: calling.signal,
    remainingMs: () => calling.remainingMs(),
    setHeader: (name, value) => void headers.set(name, value),
  };
  try {
    const message = await calling.race(received(caller, method, call));
    await sendMessage(exchange, call.protocol, headers, message);
  } catch (error) {
    const told = asConnectError(error, exchange);
    calling.abort(told);
    sendError(exchange, call.protocol, headers, told);
  } finally {
    calling.end();
  }
}

/** Reads a request, and has its method work on it. */
function received(caller: RpcCaller, method: UnaryMethod, { protocol }: DirectCall): Promise<Uint8Array> {
  const { request } = caller.exchange;
  return new Promise((resolve, reject) => {
    const sink = new WorkSink((lengthBytes) => method.begin(caller, lengthBytes, () => receiving.resume()));
    const reader = readerOf(sink, protocol, request.header('content-length'));
    const receiving = request.receive(NO_LIMIT, {
      chunk: (chunk) => {
        // Nobody waits for what would come of it.
        if (caller.signal.aborted) return true;
        reader.write(chunk);
        return sink.hasRoom;
      },
      end: () => {
        try {
          reader.end();
          resolve(sink.end());
        } catch (error) {
          reject(error as ConnectError);
        }
      },
      fail: reject,
    });
  });
}

function readerOf(
  sink: MessageSink,
  protocol: DirectCall['protocol'],
  contentLength: string | undefined,
): MessageReader {
  if (protocol !== 'connect') return new EnvelopeReader(sink, protocol === 'grpc-web');
  return new BareReader(sink, contentLength === undefined ? undefined : Number(contentLength));
}

/** Hands a message to the work that begins with it. */
class WorkSink implements MessageSink {
  hasRoom = true;
  readonly #begin: (lengthBytes: number | undefined) => UnaryWork;
  #work: UnaryWork | undefined;

  constructor(begin: (lengthBytes: number | undefined) => UnaryWork) {
    this.#begin = begin;
  }

  begin(lengthBytes: number | undefined): void {
    this.#work = this.#begin(lengthBytes);
  }

  write(piece: Buffer): void {
    this.hasRoom = this.#workBegun.write(piece);
  }

  async end(): Promise<Uint8Array> {
    return this.#workBegun.end();
  }

  get #workBegun(): UnaryWork {
    if (!this.#work) throw new Error('no message has begun');
    return this.#work;
  }
}
