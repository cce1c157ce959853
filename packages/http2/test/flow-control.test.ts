import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_WINDOW_BYTES, errorCode, frameFlag, frameType, LARGEST_WINDOW_BYTES } from '../src/frames/protocol.js';
import { FakeClient } from './fake-client.js';
import { type Frame, frame, setting, settingId } from './frames.js';

const TRAILERS = ['x-after', 'all'];
const MAX_STREAMS = 12;

/** The byte at a place of what a stream sends. */
const byteAt = (stream: number, at: number) => (stream * 37 + at * 11 + (at >> 8)) & 0xff;

function bytesFrom(stream: number, start: number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => byteAt(stream, start + i)));
}

/** What a client knows of a stream: how much it may still get, and what it got. */
class Known {
  window: number;
  writtenBytes = 0;
  receivedBytes = 0;
  isEnding = false;
  hasTrailers = false;
  isEnded = false;
  /** The side that has reset it. */
  isReset = false;

  constructor(window: number) {
    this.window = window;
  }
}

/** A client that adds up what it was sent. Settings are in force from where the server says that it has taken them. */
class Model {
  readonly client = new FakeClient(undefined, { resets: { burst: Number.POSITIVE_INFINITY, perSecond: 0 } });
  readonly known = new Map<number, Known>();
  connection = DEFAULT_WINDOW_BYTES;
  #window = DEFAULT_WINDOW_BYTES;
  #seen = 0;
  /** Windows that the server has not taken yet: the first one is that of the preface. */
  readonly #asked: number[] = [DEFAULT_WINDOW_BYTES];

  begin(): void {
    const id = this.client.request();
    this.known.set(id, new Known(this.#asked.at(-1) ?? this.#window));
    // What it may get in the end counts from when the server has taken it.
    (this.known.get(id) as Known).window = this.#window;
    this.client.streams.get(id)?.sendHead([':status', '200'], false);
  }

  askWindow(bytes: number): void {
    this.#asked.push(bytes);
    this.client.send(frame(frameType.settings, 0, 0, setting(settingId.windowBytes, bytes)));
  }

  async look(): Promise<void> {
    const frames = await this.client.sent();
    for (const each of frames.slice(this.#seen)) this.#one(each);
    this.#seen = frames.length;
  }

  #one({ type, flags, stream, payload }: Frame): void {
    if (type === frameType.settings && (flags & frameFlag.ack) !== 0) {
      const window = this.#asked.shift() ?? this.#window;
      for (const each of this.known.values()) each.window += window - this.#window;
      this.#window = window;
    }
    const known = this.known.get(stream);
    if (!known) return;
    const isEnd = (type === frameType.data || type === frameType.headers) && (flags & frameFlag.endStream) !== 0;
    if (type === frameType.data) this.#data(stream, known, payload);
    if (isEnd) {
      expect(known.isEnded).toBe(false);
      expect(type).toBe(known.hasTrailers ? frameType.headers : frameType.data);
      expect(known.receivedBytes).toBe(known.writtenBytes);
      known.isEnded = true;
    }
  }

  #data(stream: number, known: Known, payload: Buffer): void {
    expect(known.isEnded).toBe(false);
    known.window -= payload.length;
    this.connection -= payload.length;
    expect(this.connection).toBeGreaterThanOrEqual(0);
    if (payload.length > 0) expect(known.window).toBeGreaterThanOrEqual(0);
    expect(payload.equals(bytesFrom(stream, known.receivedBytes, payload.length))).toBe(true);
    known.receivedBytes += payload.length;
  }
}

interface Command {
  readonly what:
    | 'begin'
    | 'write'
    | 'end'
    | 'trailers'
    | 'connection'
    | 'stream'
    | 'settings'
    | 'reset'
    | 'abort'
    | 'hold'
    | 'one'
    | 'all'
    | 'turn';
  readonly which: number;
  readonly bytes: number;
}

const command: fc.Arbitrary<Command> = fc.record({
  what: fc.constantFrom(
    ...(['begin', 'write', 'write', 'write', 'end', 'trailers', 'connection', 'stream', 'settings'] as const),
    ...(['reset', 'abort', 'hold', 'one', 'all', 'turn', 'turn', 'turn'] as const),
  ),
  which: fc.nat(MAX_STREAMS),
  bytes: fc.oneof(fc.nat(200), fc.nat(30_000), fc.nat(120_000)),
});

async function run(model: Model, { what, which, bytes }: Command): Promise<void> {
  const { client, known } = model;
  if (what === 'begin' && known.size < MAX_STREAMS) model.begin();
  if (what === 'connection' && bytes > 0) {
    model.connection += bytes;
    client.open(0, bytes);
  }
  if (what === 'settings') model.askWindow(bytes);
  if (what === 'hold') client.socket.hold();
  if (what === 'one') client.socket.letOne();
  if (what === 'all') client.socket.letAll();
  if (what === 'turn') await model.look();
  const id = 1 + 2 * (which % Math.max(1, known.size));
  const each = known.get(id);
  if (each) onStream(model, id, each, what, bytes);
}

function onStream({ client }: Model, id: number, known: Known, what: Command['what'], bytes: number): void {
  const stream = client.streams.get(id);
  if (!stream || known.isReset) return;
  if (what === 'stream' && bytes > 0 && !known.isEnded) {
    known.window += bytes;
    client.open(id, bytes);
  } else if ((what === 'reset' && !known.isEnded) || what === 'abort') {
    known.isReset = true;
    if (what === 'reset') client.reset(id, errorCode.cancel);
    else stream.reset(errorCode.internalError);
  } else if (what === 'write' && !known.isEnding) {
    const chunk = bytesFrom(id, known.writtenBytes, bytes);
    known.writtenBytes += bytes;
    stream.write(chunk);
  } else if ((what === 'end' || what === 'trailers') && !known.isEnding) {
    known.isEnding = true;
    known.hasTrailers = what === 'trailers';
    stream.end(undefined, known.hasTrailers ? TRAILERS : []);
  }
}

/** All windows are opened, and all that waits goes out. */
async function finish(model: Model): Promise<void> {
  const { client, known } = model;
  for (const [id, each] of known) onStream(model, id, each, 'end', 0);
  await model.look();
  client.socket.letAll();
  await model.look();
  model.askWindow(DEFAULT_WINDOW_BYTES);
  await model.look();
  const more = LARGEST_WINDOW_BYTES - 2_000_000_000;
  model.connection += more;
  client.open(0, more);
  for (const [id, each] of known) if (!each.isReset && !each.isEnded) onStream(model, id, each, 'stream', more);
  for (let i = 0; i < 60; i++) await model.look();
}

it('never sends more than the windows hold, and loses and doubles nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 80 }), async (commands) => {
      const model = new Model();
      for (const each of commands) await run(model, each);
      await finish(model);
      expect(await model.client.goAway()).toBeUndefined();
      for (const [id, known] of model.known) {
        const watcher = model.client.watchers.get(id);
        expect(watcher?.late).toEqual([]);
        expect(watcher?.endings).toHaveLength(1);
        if (known.isReset) continue;
        expect(known.isEnded).toBe(true);
        expect(known.receivedBytes).toBe(known.writtenBytes);
      }
    }),
    { numRuns: 250 },
  );
});
