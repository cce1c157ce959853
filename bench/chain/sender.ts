import { connect, type Socket } from 'node:net';
import type { KnownText } from '../../packages/chaos/dist/load/known-text.js';
import { HttpMessages } from '../measure/http-messages.ts';
import { AnswerCheck, requestIdOf } from './answer-check.ts';
import type { LoadRequest, LoadResult } from './load.ts';
import { Tally } from './tally.ts';

const ANSWER_TIMEOUT_MS = 30_000;

/** Sends known texts to a chain, each in its turn, and checks what comes back. */
export class ChainSender {
  readonly #url: URL;
  readonly #requests: readonly Buffer[];
  readonly #check: AnswerCheck;
  #nextText = 0;

  constructor(url: string, texts: readonly KnownText[]) {
    this.#url = new URL(url);
    this.#requests = texts.map(({ body }, index) => requestOf(this.#url, body, requestIdOf(index)));
    this.#check = new AnswerCheck(texts);
  }

  async run({
    connections,
    seconds: maxSeconds,
    maxRequests = Number.POSITIVE_INFINITY,
  }: LoadRequest): Promise<LoadResult> {
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const tally = new Tally();
    let sent = 0;
    const isOver = (nowMs: number) => sent >= maxRequests || nowMs - startMs >= maxSeconds * 1000;
    const nextText = (nowMs: number) => {
      if (isOver(nowMs)) return undefined;
      sent++;
      this.#nextText = (this.#nextText + 1) % this.#requests.length;
      return this.#nextText;
    };
    await Promise.all(Array.from({ length: connections }, () => this.#connection(nextText, tally)));
    const seconds = (performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return { ...tally.result(), seconds, generatorCpuNs: (user + system) * 1000 };
  }

  /** Settles when there is no next text. A connection that breaks is counted, and another one takes its place. */
  async #connection(nextText: (nowMs: number) => number | undefined, tally: Tally): Promise<void> {
    let text = nextText(performance.now());
    while (text !== undefined) text = await this.#sendOnOneConnection(text, nextText, tally);
  }

  /** Settles with the text that comes next, when the connection broke. */
  #sendOnOneConnection(
    first: number,
    nextText: (nowMs: number) => number | undefined,
    tally: Tally,
  ): Promise<number | undefined> {
    return new Promise((resolve) => {
      const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true });
      let text: number | undefined = first;
      let sentMs = performance.now();
      const answers = new HttpMessages((head, body) => {
        const nowMs = performance.now();
        tally.answered(nowMs - sentMs);
        this.#checkAnswer(text as number, head, body, tally);
        text = nextText(nowMs);
        sentMs = nowMs;
        if (text === undefined) socket.destroy();
        else socket.write(this.#requests[text] as Buffer);
      });
      socket.write(this.#requests[first] as Buffer);
      breakOff(socket, (reason) => {
        if (text === undefined) return resolve(undefined);
        tally.failed(`${requestIdOf(text)}: ${reason}`);
        resolve(nextText(performance.now()));
      });
      socket.on('data', (chunk) => answers.write(chunk as Buffer));
    });
  }

  #checkAnswer(text: number, head: string, body: Buffer, tally: Tally): void {
    if (!head.startsWith('HTTP/1.1 200 ')) {
      tally.failed(`${requestIdOf(text)}: ${head.split('\r\n')[0]} ${body}`);
      return;
    }
    const wrong = this.#check.wrongIn(text, body);
    if (wrong !== undefined) tally.wrong(`${requestIdOf(text)}: wrong answer: ${wrong}`);
  }
}

/** Tells when a connection is over, and why. */
function breakOff(socket: Socket, isOver: (reason: string) => void): void {
  let reason = 'the connection was closed';
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`)));
  socket.on('error', (error) => (reason = error.message));
  socket.on('end', () => socket.destroy());
  socket.on('close', () => isOver(reason));
}

function requestOf({ host, pathname }: URL, body: Buffer, requestId: string): Buffer {
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-request-id: ${requestId}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}
