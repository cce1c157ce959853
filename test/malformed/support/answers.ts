/** An answer as a client reads it. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Whether a 100 (Continue) came before it. */
  readonly isContinued: boolean;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\x20-\x7e]*)$/;

/**
 * The whole answers at the beginning of what came, and what is left behind them.
 *
 * @param isBodiless - Whether the answer of this number is one to HEAD, which has a length and no body.
 */
export function readAnswers(bytes: string, isBodiless: (n: number) => boolean): { answers: Answer[]; rest: string } {
  const answers: Answer[] = [];
  let rest = bytes;
  let isContinued = false;
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd === -1) return { answers, rest };
    const { status, headers } = readHead(rest.slice(0, headEnd));
    const begin = headEnd + 4;
    const isInterim = status < 200;
    const length = isInterim || isBodiless(answers.length) ? 0 : lengthOf(headers);
    if (rest.length < begin + length) return { answers, rest };
    if (!isInterim) answers.push({ status, headers, body: rest.slice(begin, begin + length), isContinued });
    isContinued = isInterim;
    rest = rest.slice(begin + length);
  }
}

function readHead(head: string): Pick<Answer, 'status' | 'headers'> {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const [, status] = STATUS_LINE.exec(statusLine) ?? [];
  if (status === undefined) throw new Error(`a status line that is none: ${JSON.stringify(statusLine)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`a header that is none: ${JSON.stringify(line)}`);
    if (headers.has(name.toLowerCase())) throw new Error(`two ${name} in an answer`);
    headers.set(name.toLowerCase(), value);
  }
  return { status: Number(status), headers };
}

/** None of the answers here has chunks: problems and the recording instance's are short. */
function lengthOf(headers: ReadonlyMap<string, string>): number {
  const length = headers.get('content-length');
  if (length === undefined || !/^\d+$/.test(length)) throw new Error(`an answer with the length ${length}`);
  return Number(length);
}
