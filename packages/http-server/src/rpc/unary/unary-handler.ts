import type { ConnectError } from '@connectrpc/connect';
import { ReceiveBuffer } from '@flotilla/http2';
import type { Handler, HttpExchange } from '../../answer/routes.js';
import type { BodyLimit } from '../../message/exchange.js';
import { asConnectError } from '../connect-error.js';
import type { RpcCaller } from '../rpc-caller.js';
import { unpackMessage } from '../unpack-message.js';
import { RoomOfCall } from '../unpacked-room.js';
import { CallSignal } from './call-signal.js';
import { directCallOf, type UnaryCallExchange } from './direct-call.js';
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
  write(chunk: Buffer): boolean;
  /** The message is whole. @returns That of the response. @throws ConnectError and FlotillaError */
  end(): Promise<Uint8Array>;
}

/** A message's limit is its reader's to keep. */
const NO_LIMIT: BodyLimit = { maxBytes: Number.POSITIVE_INFINITY, setting: '' };

/**
 * Answers calls of these methods, in protobuf's own format, without connect-es: the bytes of a request go
 * to the method as they come. All other calls go on.
 *
 * @param others - connect-es, which answers the same in the same way; a test holds the two equal.
 */
export function unaryHandler(methods: readonly UnaryMethod[], others: Handler): Handler {
  const byPath = new Map(methods.map((method) => [method.path, method]));
  return async (exchange) => {
    const method = byPath.get(exchange.request.url);
    const call = method && directCallOf(exchange.request);
    if (method && call) await answerDirectly(exchange, method, call);
    else await others(exchange);
  };
}

async function answerDirectly(exchange: HttpExchange, method: UnaryMethod, call: UnaryCallExchange): Promise<void> {
  const { response } = exchange;
  const headers = new Map<string, string>();
  const room = new RoomOfCall();
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
    const message = await calling.race(received(caller, method, call, room));
    await sendMessage(exchange, call.protocol, headers, message);
  } catch (error) {
    const told = asConnectError(error, exchange);
    calling.abort(told);
    sendError(exchange, call.protocol, headers, told);
  } finally {
    room.end();
    calling.end();
  }
}

/** Reads a request, and has its method work on it. */
function received(
  caller: RpcCaller,
  method: UnaryMethod,
  call: UnaryCallExchange,
  room: RoomOfCall,
): Promise<Uint8Array> {
  const { request } = caller.exchange;
  return new Promise((resolve, reject) => {
    const sink = new WorkSink(caller, method, room, () => receiving.resume());
    const reader = readerOf(sink, call, request.header('content-length'));
    const receiving = request.receive(NO_LIMIT, {
      chunk: (chunk) => {
        // No client waits for its result.
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
  { protocol, coding }: UnaryCallExchange,
  contentLength: string | undefined,
): MessageReader {
  if (protocol !== 'connect') return new EnvelopeReader(sink, protocol === 'grpc-web', coding);
  return new BareReader(sink, contentLength === undefined ? undefined : Number(contentLength), coding);
}

/** Hands a message to the work that begins with it. One that is packed is gathered first: it costs us no more than its sender. */
class WorkSink implements MessageSink {
  hasRoom = true;
  readonly #caller: RpcCaller;
  readonly #method: UnaryMethod;
  readonly #room: RoomOfCall;
  readonly #resume: () => void;
  #packed: ReceiveBuffer | undefined;
  #work: UnaryWork | undefined;

  constructor(caller: RpcCaller, method: UnaryMethod, room: RoomOfCall, resume: () => void) {
    this.#caller = caller;
    this.#method = method;
    this.#room = room;
    this.#resume = resume;
  }

  begin(lengthBytes: number | undefined, isPacked: boolean): void {
    if (isPacked) this.#packed = new ReceiveBuffer();
    else this.#work = this.#method.begin(this.#caller, lengthBytes, this.#resume);
  }

  write(chunk: Buffer): void {
    if (this.#packed) this.#packed.keep(chunk);
    else this.hasRoom = this.#startedWork.write(chunk);
  }

  async end(): Promise<Uint8Array> {
    if (this.#packed) await this.#unpack(this.#packed.takeAll());
    return this.#startedWork.end();
  }

  /** Unpacks it twice: the work wants to know its length, and may then hand it on while it comes. */
  async #unpack(packed: readonly Buffer[]): Promise<void> {
    const { signal } = this.#caller;
    await this.#room.takeFor(packed.reduce((sum, { length }) => sum + length, 0));
    let lengthBytes = 0;
    await unpackMessage(packed, (chunk) => {
      signal.throwIfAborted();
      lengthBytes += chunk.length;
      return true;
    });
    let resume = () => {};
    const work = this.#method.begin(this.#caller, lengthBytes, () => resume());
    this.#work = work;
    const take = (chunk: Buffer) => {
      signal.throwIfAborted();
      return work.write(chunk);
    };
    const onStarted = (given: () => void) => {
      resume = given;
    };
    await unpackMessage(packed, take, { onStarted });
  }

  get #startedWork(): UnaryWork {
    if (!this.#work) throw new Error('no message has started');
    return this.#work;
  }
}
