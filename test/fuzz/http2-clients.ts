import http2 from 'node:http2';
import { inspect, isDeepStrictEqual } from 'node:util';
import { ClientConnection, type ResponseHead, type ResponseObserver } from '@flotilla/http2';
import { Frames, GET } from '../../packages/http2/test/frames.js';
import { CLIENT_LIMITS } from '../../packages/http2/test/limits.js';
import { Faults } from './faults.js';
import { MemorySocket, settled } from './memory-socket.js';

/** An answer of which all has come. */
interface WholeAnswer {
  readonly status: number;
  readonly fields: readonly string[];
  readonly bodyBytes: number;
}

/** What becomes of a client's requests: whole answers by their streams, and whether anything was found wrong. */
export interface Answered {
  readonly answers: ReadonlyMap<number, WholeAnswer>;
  readonly hasFault: boolean;
}

/** Requests that wait for an answer while frames come: streams 1 and 3. */
const REQUESTS = 2;
const PREFACE_BYTES = 24;

/** What our client makes of a server's frames. */
export async function answeredToUs(pieces: readonly Buffer[]): Promise<Answered> {
  const socket = new MemorySocket();
  const answers = new Map<number, WholeAnswer>();
  const faults = new Faults();
  const connection = new ClientConnection(socket.asSocket, CLIENT_LIMITS, {
    onLeaving: () => {},
    onClosed: () => {},
    onFault: faults.take,
  });
  socket.on('data', (chunk: Buffer) => connection.read(chunk));
  const readers = Array.from({ length: REQUESTS }, (_, n) => {
    const reader = new AnswerReader((answer) => answers.set(2 * n + 1, answer), faults.take);
    connection.request(GET, true, reader);
    return reader;
  });
  await settled(1);
  for (const chunk of pieces) {
    socket.arrive(chunk);
    await settled(1);
  }
  await settled();
  const hasFault = foundFault(socket);
  connection.destroy();
  faults.check();
  if (!readers.every(({ isOver }) => isOver)) throw new Error('a request was not told that its connection is gone');
  return { answers, hasFault };
}

/** Reads an answer, and throws if it is told something out of turn. */
class AnswerReader implements ResponseObserver {
  isOver = false;
  readonly #onWhole: (answer: WholeAnswer) => void;
  #head: ResponseHead | undefined;
  #bodyBytes = 0;
  #isEnded = false;

  readonly onFault: (error: unknown) => void;

  constructor(onWhole: (answer: WholeAnswer) => void, onFault: (error: unknown) => void) {
    this.#onWhole = onWhole;
    this.onFault = onFault;
  }

  onHead(head: ResponseHead): void {
    this.#expect(this.#head === undefined, 'a second head');
    this.#head = head;
  }

  onData(view: Buffer): void {
    this.#expect(this.#head !== undefined && !this.#isEnded, 'data');
    this.#bodyBytes += view.length;
  }

  onEnd(): void {
    this.#expect(this.#head !== undefined && !this.#isEnded, 'an end');
    this.#isEnded = true;
    const { status, fields } = this.#head as ResponseHead;
    this.#onWhole({ status, fields, bodyBytes: this.#bodyBytes });
  }

  onWritable(): void {}

  onClosed(): void {
    this.#expect(true, 'another end');
    this.isOver = true;
  }

  #expect(isDue: boolean, what: string): void {
    if (this.isOver || !isDue) throw new Error(`${what} out of turn`);
  }
}

/** What Node's client makes of them. */
export async function answeredToNode(pieces: readonly Buffer[]): Promise<Answered> {
  const socket = new MemorySocket();
  const answers = new Map<number, WholeAnswer>();
  const session = http2.connect('http://here', { createConnection: () => socket.asSocket });
  session.on('error', () => {});
  await settled(1);
  for (let n = 0; n < REQUESTS; n++) {
    const stream = session.request({ ':path': '/', ':authority': 'here' });
    stream.on('error', () => {});
    stream.on('response', (headers, _flags, raw) => {
      let bodyBytes = 0;
      const fields = ownOf(raw as unknown as string[]);
      stream.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
      stream.on('end', () => {
        if (!stream.aborted) answers.set(2 * n + 1, { status: headers[':status'] as number, fields, bodyBytes });
      });
    });
  }
  await settled(2);
  for (const chunk of pieces) {
    socket.arrive(chunk);
    await settled(2);
  }
  await settled(8);
  const answered = { answers: new Map(answers), hasFault: foundFault(socket) };
  session.destroy();
  socket.destroy();
  return answered;
}

/** Whether both saw the same of what came whole, or both found something wrong. @throws What they do not agree in. */
export function expectSameAnswers(ours: Answered, node: Answered): void {
  for (const [id, answer] of ours.answers) {
    const other = node.answers.get(id);
    if (isDeepStrictEqual(answer, other) || (other === undefined && ours.hasFault)) continue;
    throw new Error(`stream ${id}: ours: ${inspect(ours, { depth: 6 })}; Node’s: ${inspect(node, { depth: 6 })}`);
  }
}

function ownOf(raw: readonly string[]): string[] {
  return raw.flatMap((name, n) => (n % 2 === 0 && !name.startsWith(':') ? [name, raw[n + 1] as string] : []));
}

const RESET = 3;
const GO_AWAY = 7;

function foundFault(socket: MemorySocket): boolean {
  const frames = new Frames();
  frames.take(Buffer.concat(socket.sent).subarray(PREFACE_BYTES));
  return frames.of(RESET).length > 0 || frames.of(GO_AWAY).some(({ payload }) => payload.readUInt32BE(4) !== 0);
}
