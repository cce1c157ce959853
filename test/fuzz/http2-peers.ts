import http2 from 'node:http2';
import { inspect, isDeepStrictEqual } from 'node:util';
import { fieldValue } from '@flotilla/http-server';
import { PREFACE, type RequestHead, ServerConnection, type ServerLimits, type StreamObserver } from '@flotilla/http2';
import { HOST } from '../../packages/http-server/src/message/head-checks.js';
import { faultOfTarget, normalisedTarget } from '../../packages/http-server/src/message/target.js';
import { type Frame, Frames, frame } from '../../packages/http2/test/frames.js';
import { SERVER_LIMITS } from '../../packages/http2/test/limits.js';
import { Faults } from './faults.js';
import { MemorySocket, settled } from './memory-socket.js';

/** A request of which all has come. */
export interface WholeRequest {
  readonly fields: readonly string[];
  readonly bodyBytes: number;
}

/** What becomes of a connection: its whole requests by their streams, and how it was ended. */
export interface Served {
  readonly requests: ReadonlyMap<number, WholeRequest>;
  /** Of the last GOAWAY; undefined: there was none. */
  readonly goAway: number | undefined;
  /** Streams that were reset. */
  readonly resets: readonly number[];
  /** Streams that the client has reset before all of them was handed over. Ours hands over what has come whole. */
  readonly aborted?: ReadonlySet<number>;
}

const SETTINGS = 4;
const GO_AWAY = 7;
const RESET = 3;
/** What a client begins with. */
const BEGINNING = Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]);

/** What our server makes of frames, behind a client's first ones. */
export async function servedByUs(pieces: readonly Buffer[], limits: Partial<ServerLimits> = {}): Promise<Served> {
  const socket = new MemorySocket();
  const requests = new Map<number, WholeRequest>();
  const faults = new Faults();
  const connection = new ServerConnection(
    socket.asSocket,
    BEGINNING,
    { ...SERVER_LIMITS, ...limits },
    {
      onRequest: ({ stream, head }) => {
        if (isRefusedByListener(head)) return;
        stream.observer = new Reader(
          (bodyBytes) => requests.set(stream.id, { fields: head.fields, bodyBytes }),
          faults.take,
        );
        stream.resume();
      },
      onClosed: () => {},
      onFault: faults.take,
    },
  );
  for (const chunk of pieces) {
    socket.arrive(chunk);
    await settled(1);
  }
  await settled();
  connection.destroy();
  faults.check();
  return { requests, ...endOf(socket) };
}

/** Target and host are looked at by one function for every way in, behind the connection; nghttp2 looks at them itself. */
function isRefusedByListener({ method, path, fields }: RequestHead): boolean {
  const host = fieldValue(fields, 'host');
  const target = normalisedTarget(path, host);
  return host === undefined || !HOST.test(host) || faultOfTarget(method, target) !== undefined;
}

/** Reads a request's body, and answers nothing. */
class Reader implements StreamObserver {
  readonly #onWhole: (bodyBytes: number) => void;
  #bytes = 0;
  #isOver = false;

  readonly onFault: (error: unknown) => void;

  constructor(onWhole: (bodyBytes: number) => void, onFault: (error: unknown) => void) {
    this.#onWhole = onWhole;
    this.onFault = onFault;
  }

  onData(view: Buffer): void {
    this.#expectMore('data');
    this.#bytes += view.length;
  }

  onEnd(): void {
    this.#expectMore('an end');
    this.#onWhole(this.#bytes);
  }

  onWritable(): void {}

  onClosed(): void {
    this.#expectMore('another end');
    this.#isOver = true;
  }

  #expectMore(what: string): void {
    if (this.#isOver) throw new Error(`${what} after all was over`);
  }
}

/** What Node's server makes of them. */
export async function servedByNode(pieces: readonly Buffer[]): Promise<Served> {
  const socket = new MemorySocket();
  const requests = new Map<number, WholeRequest>();
  const aborted = new Set<number>();
  const server = http2.createServer({ settings: { maxConcurrentStreams: SERVER_LIMITS.maxStreams } });
  server.on('sessionError', () => {});
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream, _headers, _flags, raw) => {
    let bodyBytes = 0;
    stream.on('error', () => {});
    stream.on('close', () => aborted.add(stream.id as number));
    stream.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
    stream.on('end', () => {
      if (!stream.aborted) requests.set(stream.id as number, { fields: asOurs(raw as unknown as string[]), bodyBytes });
    });
  });
  server.emit('connection', socket.asSocket);
  socket.arrive(BEGINNING);
  for (const chunk of pieces) {
    socket.arrive(chunk);
    await settled(2);
  }
  await settled(8);
  const served = { requests, aborted: new Set(aborted), ...endOf(socket) };
  socket.destroy();
  return served;
}

/** Fields as our connection hands them over: no pseudo fields, the authority as `host`, cookies in one. */
function asOurs(raw: readonly string[]): string[] {
  const pairs = Array.from({ length: raw.length / 2 }, (_, n) => [raw[2 * n] as string, raw[2 * n + 1] as string]);
  const own = pairs.filter(([name]) => !name?.startsWith(':'));
  const cookies = own.filter(([name]) => name === 'cookie').map(([, value]) => value);
  const fields = own.filter((pair) => pair[0] !== 'cookie' || pair === own.find(([name]) => name === 'cookie'));
  const joined = fields.map(([name, value]) => [name, name === 'cookie' ? cookies.join('; ') : value]);
  const authority = pairs.find(([name]) => name === ':authority')?.[1];
  const isNamed = authority === undefined || own.some(([name]) => name === 'host');
  return [...joined, ...(isNamed ? [] : [['host', authority]])].flat() as string[];
}

/**
 * Whether both saw the same of the requests that were taken here. Where nghttp2 ends a connection, ours may end the stream
 * alone (RFC 9113, section 5.4 lets a fault of a stream be one of the connection), but not go on as if nothing had been. What it ended itself, ours may have handed over before.
 *
 * @throws What they do not agree in.
 */
export function expectSame(ours: Served, node: Served): void {
  for (const [id, request] of ours.requests) {
    const other = node.requests.get(id);
    if (isDeepStrictEqual(request, other)) continue;
    const isOver = hasFault(ours) || ours.goAway !== undefined;
    const isRefused = isOver || (!hasFault(node) && node.aborted?.has(id));
    if (other || !isRefused)
      throw new Error(`stream ${id}: ours: ${inspect(ours, DEEP)}; Node’s: ${inspect(node, DEEP)}`);
  }
}

const DEEP = { depth: 6, maxStringLength: null, maxArrayLength: null, breakLength: Number.POSITIVE_INFINITY };

function hasFault({ goAway = 0, resets }: Served): boolean {
  return goAway !== 0 || resets.length > 0;
}

function endOf(socket: MemorySocket): Pick<Served, 'goAway' | 'resets'> {
  const frames = new Frames();
  frames.take(Buffer.concat(socket.sent));
  const codeOf = ({ payload }: Frame) => payload.readUInt32BE(4);
  return { goAway: frames.of(GO_AWAY).map(codeOf).at(-1), resets: frames.of(RESET).map(({ stream }) => stream) };
}
