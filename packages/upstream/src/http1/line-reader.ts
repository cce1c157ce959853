import { MalformedResponse } from './response-head.js';

const LF = 0x0a;

const DIGITS = '0123456789';
/** What a name consists of (RFC 9110, section 5.6.2). */
const NAME_BYTES = `!#$%&'*+-.^_\`|~${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`;
/** What a value or a reason consists of: anything but control characters. */
const TEXT_BYTES = Array.from({ length: 256 }, (_, byte) => (isText(byte) ? String.fromCharCode(byte) : '')).join('');

/** The bytes that each place of a status line takes, up to the end of its status. A place's number is its state. */
const STATUS_PLACES = [...'HTTP/1.', '01', ' ', '123456789', DIGITS, DIGITS];
const STATUS_LINE = 0;
const BEHIND_STATUS = STATUS_PLACES.length;
const FIELD_START = BEHIND_STATUS + 1;
const NAME = BEHIND_STATUS + 2;
const VALUE = BEHIND_STATUS + 3;
const LINE_END = BEHIND_STATUS + 4;
const LAST_LINE_END = BEHIND_STATUS + 5;
const DONE = BEHIND_STATUS + 6;

/** Which bytes each state takes, and the state that is next. */
const GRAMMAR: readonly (readonly (readonly [bytes: string, next: number])[])[] = [
  ...STATUS_PLACES.map((bytes, place) => [[bytes, place + 1]] as const),
  // behind the status
  [
    [' ', VALUE],
    ['\r', LINE_END],
  ],
  // where a field begins
  [
    [NAME_BYTES, NAME],
    ['\r', LAST_LINE_END],
  ],
  // in a name
  [
    [NAME_BYTES, NAME],
    [':', VALUE],
  ],
  // in a value or a reason
  [
    [TEXT_BYTES, VALUE],
    ['\r', LINE_END],
  ],
  [['\n', FIELD_START]],
  [['\n', DONE]],
];
/** The same, by state and byte. No state is followed by the first one: 0 is a byte that is refused. */
const NEXT_STATES = tableOf(GRAMMAR);

/** What a line grows into, at first: most are shorter. */
const LINE_BYTES = 256;
const NOTHING = Buffer.alloc(0);

/**
 * Reads lines as they come, up to the empty one behind them: those of a response's head, or the fields behind a chunked
 * body. A byte that no sound line has in its place is refused when it comes: its sender may never send another.
 */
export class LineReader {
  isDone = false;
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  #state = DONE;
  /** Bytes so far, all lines together. */
  #bytes = 0;
  /** The beginning of a line whose end has not come. */
  #line = NOTHING;
  #lineBytes = 0;

  /**
   * @param maxBytes - Of all lines together.
   * @param onLine - Gets each line when its end comes, without it, a character per byte.
   */
  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  /** Makes it ready for other lines. @param hasStatusLine - Whether the first one is a status line. */
  start(hasStatusLine: boolean): void {
    this.isDone = false;
    this.#state = hasStatusLine ? STATUS_LINE : FIELD_START;
    this.#bytes = 0;
    this.#lineBytes = 0;
  }

  /**
   * @param data - Bytes as they came; looked at from `at`.
   * @returns Where the rest begins that is behind the empty line; the end of `data` if more lines are to come.
   * @throws {@link MalformedResponse}
   */
  read(data: Buffer, at: number): number {
    const end = Math.min(data.length, at + this.#maxBytes - this.#bytes);
    let lineStart = at;
    let position = at;
    while (position < end && !this.isDone) {
      const byte = data[position++] as number;
      this.#state = stateAfter(this.#state, byte);
      if (byte !== LF) continue;
      this.#keep(data, lineStart, position);
      lineStart = position;
      this.#endLine();
    }
    this.#bytes += position - at;
    if (!this.isDone && position < data.length) throw new MalformedResponse('lines without an end');
    if (!this.isDone) this.#keep(data, lineStart, position);
    return position;
  }

  #endLine(): void {
    const line = this.#line.toString('latin1', 0, this.#lineBytes - 2);
    this.#lineBytes = 0;
    this.isDone = this.#state === DONE;
    if (this.isDone) this.#line = NOTHING;
    else this.#onLine(line);
  }

  #keep(data: Buffer, from: number, to: number): void {
    const bytes = this.#lineBytes + to - from;
    if (bytes > this.#line.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(LINE_BYTES, 2 * bytes));
      this.#line.copy(larger, 0, 0, this.#lineBytes);
      this.#line = larger;
    }
    data.copy(this.#line, this.#lineBytes, from, to);
    this.#lineBytes = bytes;
  }
}

/** @throws {@link MalformedResponse} if the byte cannot stand there. */
function stateAfter(state: number, byte: number): number {
  const next = NEXT_STATES[state * 256 + byte] as number;
  if (next !== 0) return next;
  throw new MalformedResponse(state <= BEHIND_STATUS ? 'no status line of HTTP/1' : 'a line that is no field');
}

/** Whether a byte may stand in a value or a reason. */
export function isText(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 0x09;
}

function tableOf(grammar: typeof GRAMMAR): Uint8Array {
  const table = new Uint8Array(grammar.length * 256);
  grammar.forEach((transitions, state) => {
    for (const [bytes, next] of transitions) {
      for (const byte of Buffer.from(bytes, 'latin1')) table[state * 256 + byte] = next;
    }
  });
  return table;
}
