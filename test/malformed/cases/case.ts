/** One request that is malformed, ambiguous, or looks so, and what becomes of it. */
export interface MalformedCase {
  /** What it is, in few words; unique. */
  readonly name: string;
  /** What a client sends: Latin-1, one character per byte. */
  readonly bytes: string;
  /** Whether the client ends its side when all is sent. Without it, it waits. */
  readonly halfCloses?: boolean;
  /** What becomes of each request that a reader finds in the bytes, in order. */
  readonly outcomes: readonly Outcome[];
  /** The rule that decides, with its place in the RFC. */
  readonly why: string;
}

export type Outcome = Refused | Forwarded;

/** The request is answered by a problem, and nothing of it reaches an instance. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly code: string;
  /** Whether the connection goes on, because where the next request begins is beyond doubt. */
  readonly staysOpen: boolean;
  /** Whether it is found out only after an instance has seen the beginning of a long body, and never its end. */
  readonly beginsAtInstance: boolean;
  /** Whether it was HEAD, so that the problem has no body. */
  readonly isBodiless: boolean;
}

/** The request reaches an instance. */
export interface Forwarded {
  readonly kind: 'forwarded';
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** Fields that the instance gets, by name in lower case, with all their values; an empty list: it gets none. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** Whether it gets an id of the balancer's making. */
  readonly getsNewId: boolean;
  /** What is changed on the way, for people. Undefined: nothing but the fields of the connection. */
  readonly change: string | undefined;
  readonly staysOpen: boolean;
}

type Options<Kind extends Outcome> = Partial<Omit<Kind, 'kind'>>;

/** Refused with this status and code. Unless said otherwise, the connection is closed. */
export function refused(status: number, code: string, options: Options<Refused> = {}): Refused {
  return { kind: 'refused', status, code, staysOpen: false, beginsAtInstance: false, isBodiless: false, ...options };
}

/** What most cases come to. */
export const malformed = refused(400, 'FLT_MALFORMED_HTTP');

/** Forwarded; unless said otherwise, as the sound request. */
export function forwarded(options: Options<Forwarded> = {}): Forwarded {
  const request = { method: 'POST', target: '/process', body: '{}', fields: {}, trailers: [], getsNewId: false };
  return { kind: 'forwarded', ...request, change: undefined, staysOpen: true, ...options };
}

/** The first fields of most cases. */
export const USUAL_FIELDS = 'Host: h\r\nContent-Type: application/json\r\n';

/** How most cases begin. */
export const USUAL_HEAD = `POST /process HTTP/1.1\r\n${USUAL_FIELDS}`;

/** How most cases end. */
export const USUAL_END = 'Content-Length: 2\r\n\r\n{}';

/** A request to the balanced route with these header lines. */
export function post(lines: readonly string[], body = ''): string {
  return `${USUAL_HEAD}${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;
}

/** A request with this line in place of the usual one. */
export function withLine(line: string, lines: readonly string[] = ['Content-Length: 2'], body = '{}'): string {
  return `${line}\r\n${USUAL_FIELDS}${lines.map((each) => `${each}\r\n`).join('')}\r\n${body}`;
}

/** A request that nothing is wrong with. */
export const SOUND = post(['Content-Length: 2'], '{}');

/** A request that stands where only a body, or nothing, may stand. */
export const SMUGGLED = 'POST /process?smuggled HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}';
