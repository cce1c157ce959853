import type { EventEmitter } from 'node:events';
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { type CallOptions, Client, credentials, Metadata, type StatusObject } from '@grpc/grpc-js';

/** How a call went: what came before the responses, they themselves, and what came after them. */
export interface Outcome<Response> {
  readonly initialMetadata: Metadata;
  readonly responses: readonly Response[];
  /** Its metadata is what the trailers bear. */
  readonly status: StatusObject;
}

/** A method between two kinds of messages. */
type Method<Input extends DescMessage, Output extends DescMessage> = DescMethod & { input: Input; output: Output };

/** What a call bears beside its messages. */
export interface CallExtras {
  readonly metadata?: Metadata;
  readonly deadlineMs?: number;
}

/** No case takes as long: a call without an answer fails its case instead of holding it. */
const LONGEST_CALL_MS = 30_000;

/** A client that is not the library which the services are built with: the interoperation of two is what the cases test. */
export class TestClient {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  close(): void {
    this.#client.close();
  }

  /** Waits until there is a connection. */
  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.waitForReady(Date.now() + LONGEST_CALL_MS, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** One request, one response. */
  unary<Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    request: MessageInitShape<Input>,
    extras: CallExtras = {},
  ): Promise<Outcome<MessageShape<Output>>> {
    const { path, serialize, deserialize } = definition(method);
    const responses: MessageShape<Output>[] = [];
    const collect = keepIn(responses);
    const { metadata, options } = optionsOf(extras);
    return outcomeOf(
      this.#client.makeUnaryRequest(path, serialize, deserialize, request, metadata, options, collect),
      responses,
    );
  }

  /** One request, many responses. */
  serverStream<Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    request: MessageInitShape<Input>,
    extras: CallExtras = {},
  ): Promise<Outcome<MessageShape<Output>>> {
    const { path, serialize, deserialize } = definition(method);
    const { metadata, options } = optionsOf(extras);
    const call = this.#client.makeServerStreamRequest(path, serialize, deserialize, request, metadata, options);
    return streamOutcomeOf(call);
  }

  /** Many requests, one response. */
  clientStream<Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    extras: CallExtras = {},
  ) {
    const { path, serialize, deserialize } = definition(method);
    const responses: MessageShape<Output>[] = [];
    const collect = keepIn(responses);
    const { metadata, options } = optionsOf(extras);
    const call = this.#client.makeClientStreamRequest(path, serialize, deserialize, metadata, options, collect);
    return { call, outcome: outcomeOf(call, responses) };
  }

  /** Many requests, many responses. */
  duplex<Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    extras: CallExtras = {},
  ) {
    const { path, serialize, deserialize } = definition(method);
    const { metadata, options } = optionsOf(extras);
    const call = this.#client.makeBidiStreamRequest(path, serialize, deserialize, metadata, options);
    const outcome = streamOutcomeOf<MessageShape<Output>>(call);
    const withoutAnswer = outcome.then(({ status }) => {
      throw new Error(`the call ended with ${status.code} (${status.details}) instead of an answer`);
    });
    withoutAnswer.catch(() => {});
    /** Sends a request, and waits for the next response. */
    const ask = (request: MessageInitShape<Input>) => {
      const answer = new Promise<MessageShape<Output>>((resolve) => call.once('data', resolve));
      call.write(request);
      return Promise.race([answer, withoutAnswer]);
    };
    return { call, ask, outcome };
  }
}

/** A method as the client wants it. */
function definition<Input extends DescMessage, Output extends DescMessage>(method: Method<Input, Output>) {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    serialize: (request: MessageInitShape<Input>) =>
      Buffer.from(toBinary<DescMessage>(method.input, create(method.input, request))),
    deserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
  };
}

function optionsOf({ metadata = new Metadata(), deadlineMs = LONGEST_CALL_MS }: CallExtras) {
  const options: CallOptions = { deadline: Date.now() + deadlineMs };
  return { metadata, options };
}

/** Takes the one response of a call. Its failure, if there is one, is told by the status. */
function keepIn<Response>(responses: Response[]): (error: unknown, response?: Response) => void {
  return (_error, response) => {
    if (response !== undefined) responses.push(response);
  };
}

async function streamOutcomeOf<Response>(call: EventEmitter): Promise<Outcome<Response>> {
  const responses: Response[] = [];
  call.on('data', (response: Response) => responses.push(response));
  const ended = new Promise((resolve) => call.once('end', resolve));
  const outcome = await outcomeOf(call, responses);
  await ended;
  return outcome;
}

async function outcomeOf<Response>(call: EventEmitter, responses: readonly Response[]): Promise<Outcome<Response>> {
  let initialMetadata = new Metadata();
  call.on('metadata', (metadata: Metadata) => {
    initialMetadata = metadata;
  });
  // The status tells of it; without a listener it would end the process.
  call.on('error', () => {});
  const status = await new Promise<StatusObject>((resolve) => call.once('status', resolve));
  return { initialMetadata, responses, status };
}
