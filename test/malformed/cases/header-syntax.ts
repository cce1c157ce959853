import { forwarded, type MalformedCase, malformed, type Outcome, post, SOUND, USUAL_HEAD } from './case.ts';

const FIELD_LINE = 'RFC 9112, 5: a name, a colon at once, and a value.';
const TOKEN = 'RFC 9110, 5.1: a name is a token.';
const FOLD = 'RFC 9112, 5.2: a folded line is refused, since some readers take it for a line of its own.';
const LINE_END = 'RFC 9112, 2.2: lines end in CRLF; one who takes less reads other lines.';
const OPAQUE = 'RFC 9110, 5.5: the value is passed on byte for byte.';

const line = (name: string, written: string, outcome: Outcome, why: string): MalformedCase => ({
  name,
  bytes: post([written, 'Content-Length: 2'], '{}'),
  outcomes: [outcome],
  why,
});

const passes = (name: string, field: string, value: string, why: string): MalformedCase =>
  line(name, `${field}: ${value}`, forwarded({ fields: { [field.toLowerCase()]: [value] } }), why);

const refusedName = (name: string, field: string): MalformedCase => line(name, `${field}: x`, malformed, TOKEN);

/** Lines of the head, their names, and how they end. */
export const headerSyntax: readonly MalformedCase[] = [
  line('a header without a colon', 'No header', malformed, FIELD_LINE),
  line('a header without a name', ': x', malformed, FIELD_LINE),
  line('a space before the colon', 'X-A : x', malformed, 'RFC 9112, 5.1: white space before the colon is refused.'),
  line('a tab before the colon', 'X-A\t: x', malformed, 'RFC 9112, 5.1: white space before the colon is refused.'),
  line('a name of HTTP/2', ':method: GET', malformed, TOKEN),
  refusedName('a space in a name', 'X A'),
  refusedName('a slash in a name', 'X/A'),
  refusedName('a bracket in a name', 'X(A)'),
  refusedName('an at sign in a name', 'X@A'),
  refusedName('quotes in a name', '"X-A"'),
  refusedName('Latin-1 in a name', 'X-\xc4'),
  refusedName('UTF-8 in a name', 'X-\xc3\x84'),
  refusedName('DEL in a name', 'X-\x7f'),
  passes('all other signs in a name', "!#$%&'*+-.^`|~", 'x', TOKEN),
  passes('a name that objects have', '__proto__', 'x', TOKEN),
  line('a folded line', 'X-A: x\r\n y', malformed, FOLD),
  line('a line folded with a tab', 'X-A: x\r\n\ty', malformed, FOLD),
  line('a folded line of white space', 'X-A: x\r\n ', malformed, FOLD),
  line('a header folded into another', 'X-A: x\r\n Host: other', malformed, FOLD),
  line('a bare LF ends a header', 'X-A: x\nX-B: y', malformed, LINE_END),
  line('a bare CR ends a header', 'X-A: x\rX-B: y', malformed, LINE_END),
  line('CR CR LF ends a header', 'X-A: x\r', malformed, LINE_END),
  {
    name: 'two bare LF end the head',
    bytes: `${USUAL_HEAD}Content-Length: 2\n\n{}`,
    outcomes: [malformed],
    why: LINE_END,
  },
  {
    name: 'a bare LF is the empty line',
    bytes: SOUND.replace('\r\n\r\n', '\r\n\n'),
    outcomes: [malformed],
    why: LINE_END,
  },
  {
    name: 'a bare CR is the empty line',
    bytes: SOUND.replace('\r\n\r\n', '\r\n\r'),
    outcomes: [malformed],
    why: LINE_END,
  },
  line(
    'white space around a value',
    'X-A: \t x y\t ',
    forwarded({ fields: { 'x-a': ['x y'] }, change: 'the white space is left out' }),
    'RFC 9112, 5.1: white space around a value is no part of it.',
  ),
  line(
    'no space behind the colon',
    'X-A:x',
    forwarded({ fields: { 'x-a': ['x'] } }),
    'RFC 9112, 5.1: it may be missing.',
  ),
  line('an empty value', 'X-A:', forwarded({ fields: { 'x-a': [''] } }), 'RFC 9110, 5.5: a value may be empty.'),
  passes('a tab in a value', 'X-A', 'x\ty', OPAQUE),
  passes('colons in a value', 'X-A', 'x: y: z', OPAQUE),
  passes('Latin-1 in a value', 'X-A', '\xe9', OPAQUE),
  passes('UTF-8 in a value', 'X-A', '\xc3\xa9', OPAQUE),
  {
    name: 'Latin-1 in a value, above a long body',
    bytes: post(['X-A: \xe9', 'Content-Length: 100000'], 'x'.repeat(100_000)),
    outcomes: [forwarded({ fields: { 'x-a': ['\xe9'] }, body: 'x'.repeat(100_000) })],
    why: OPAQUE,
  },
];
