import { forwarded, type MalformedCase, malformed, type Outcome, post, refused } from './case.ts';

const SIZE = 'RFC 9112, 7.1: a size is hexadecimal digits.';
const LINE_END = 'RFC 9112, 7.1: CRLF ends a size, and the data of a chunk.';
const EXTENSION = 'RFC 9112, 7.1.1: extensions are those of one connection; they are ignored, and not passed on.';
const BAD_EXTENSION = 'RFC 9112, 7.1.1: an extension is a name, and may have a value.';

const body = (name: string, bytes: string, outcomes: readonly Outcome[], why: string): MalformedCase => ({
  name,
  bytes: post(['Transfer-Encoding: chunked'], bytes),
  outcomes,
  why,
});

const size = (name: string, written: string, why = SIZE): MalformedCase =>
  body(name, `${written}\r\n{}\r\n0\r\n\r\n`, [malformed], why);

const extension = (name: string, written: string): MalformedCase =>
  body(name, `2${written}\r\n{}\r\n0\r\n\r\n`, [forwarded({ change: 'the extension is left out' })], EXTENSION);

const LONG = 'x'.repeat(0x11170);
const begins = refused(400, 'FLT_MALFORMED_HTTP', { beginsAtInstance: true });

/** Bodies in chunks, and what surrounds these. */
export const chunkedBodies: readonly MalformedCase[] = [
  size('a size with a space before it', ' 2'),
  size('a size with a space after it', '2 '),
  size('a size with a tab after it', '2\t'),
  size('a size with a prefix', '0x2'),
  size('a size with a plus sign', '+2'),
  size('a size with a minus sign', '-2'),
  size('a size that is a letter', 'g'),
  size('a size that is empty', ''),
  size('a size with an underscore', '0_2'),
  size('a size with NUL after it', '2\0'),
  size('a size of more than 64 bits', '10000000000000002'),
  {
    name: 'a size of 64 ones',
    bytes: post(['Transfer-Encoding: chunked'], 'ffffffffffffffff\r\n{}\r\n0\r\n\r\n'),
    halfCloses: true,
    outcomes: [refused(400, 'FLT_BODY_INCOMPLETE')],
    why: 'RFC 9112, 7.1: it is a size; the limit on bodies comes first.',
  },
  size('a list of sizes', '2,2'),
  body(
    'leading noughts in a size',
    '0002\r\n{}\r\n000\r\n\r\n',
    [forwarded({ change: 'the body is framed again' })],
    'RFC 9112, 7.1: a size may have them.',
  ),
  body(
    'a size in capitals',
    'A\r\n0123456789\r\n0\r\n\r\n',
    [forwarded({ body: '0123456789', change: 'the body is framed again' })],
    SIZE,
  ),
  body('a bare LF behind a size', '2\n{}\r\n0\r\n\r\n', [malformed], LINE_END),
  body('a bare CR behind a size', '2\r{}\r\n0\r\n\r\n', [malformed], LINE_END),
  body('CR CR LF behind a size', '2\r\r\n{}\r\n0\r\n\r\n', [malformed], LINE_END),
  body('a bare LF behind the data', '2\r\n{}\n0\r\n\r\n', [malformed], LINE_END),
  body('nothing behind the data', '2\r\n{}0\r\n\r\n', [malformed], LINE_END),
  body('more data than the size says', '2\r\n{}}\r\n0\r\n\r\n', [malformed], LINE_END),
  body('less data than the size says', '4\r\n{}\r\n0\r\n\r\n', [malformed], LINE_END),
  body('bare LF throughout', '2\n{}\n0\n\n', [malformed], LINE_END),
  body('a bare LF behind the last chunk', '2\r\n{}\r\n0\n\r\n', [malformed], LINE_END),
  body('a bare LF at the end', '2\r\n{}\r\n0\r\n\n', [malformed], LINE_END),
  body(
    'an empty body',
    '0\r\n\r\n',
    [forwarded({ body: '', change: 'the body is framed again' })],
    'RFC 9112, 7.1: the last chunk alone is a body of no bytes.',
  ),
  extension('an extension', ';a'),
  extension('an extension with a value', ';a=b'),
  extension('an extension with a value in quotes', ';a="b c"'),
  size('an extension without a name', '2;', BAD_EXTENSION),
  size('an extension with a line end in quotes', '2;a="\r\n{}\r\n0\r\n\r\n"', BAD_EXTENSION),
  size('an extension with a bare LF', '2;a\n{}', BAD_EXTENSION),
  size('an extension with a bare CR', '2;a\rb', BAD_EXTENSION),
  size('an extension with NUL', '2;a=\0', BAD_EXTENSION),
  size('an extension with a space before it', '2 ;a', BAD_EXTENSION),
  size('an extension without a size', ';a', SIZE),
  body(
    'a long body that ends in nonsense',
    `${LONG.length.toString(16)}\r\n${LONG}\r\nnonsense\r\n`,
    [begins],
    'RFC 9112, 8: what an instance has of it never looks whole.',
  ),
];
