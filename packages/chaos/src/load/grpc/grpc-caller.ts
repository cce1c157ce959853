import { isAnswer } from '@flotilla/client/rpc-problems';
import { header } from '@flotilla/contracts';
import { type Caller, type CallerOptions, InTurn } from '../caller.js';
import { type KnownText, otherMembers } from '../known-text.js';
import { Channel } from './channel.js';
import type { GrpcCall } from './grpc-calls.js';

const stageNumbers = [1, 2, 3, 4] as const;

/** Makes calls to any stage. */
export class GrpcCaller implements Caller {
  readonly #timeoutMs: number;
  readonly #callOf: (n: number) => GrpcCall;
  readonly #channels: readonly (readonly Channel[])[];
  /** By stage, from 0. */
  readonly #balancers: readonly InTurn<Channel>[];
  #made = 0;

  /** @param callOf - What is called as the n-th, from 0. */
  constructor({ urlsOf, parallel, timeoutMs }: CallerOptions, callOf: (n: number) => GrpcCall) {
    this.#timeoutMs = timeoutMs;
    this.#callOf = callOf;
    this.#channels = stageNumbers.map((stage) => urlsOf(stage).map((url) => new Channel(url, parallel)));
    this.#balancers = this.#channels.map((channels) => new InTurn(channels));
  }

  async request(text: KnownText, requestId: string): Promise<string | undefined> {
    const { stage, send, right } = this.#callOf(this.#made++);
    const answer = await (this.#balancers[stage - 1] as InTurn<Channel>).take((channel) => {
      let answeredId: string | null = null;
      const onHeader = (headers: Headers) => {
        answeredId = headers.get(header.requestId);
      };
      const answered = send(channel.clients(), text, requestId, { timeoutMs: this.#timeoutMs, onHeader });
      return answered.then((members) => ({ ...members, requestId: answeredId }));
    }, isAnswer);
    const wrong = otherMembers(answer, { ...right(text), requestId });
    return wrong && `stage ${stage}: ${wrong}: ${JSON.stringify(answer)}`;
  }

  async close(): Promise<void> {
    for (const channel of this.#channels.flat()) channel.close();
  }
}
