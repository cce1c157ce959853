import { forwarded, type MalformedCase, malformed, type Outcome, post, refused } from './case.ts';

const DIGITS = 'RFC 9110, 8.6: a length is digits and nothing else.';
const ONE = 'RFC 9112, 6.3: several lengths are refused, even where they agree.';

const lengths = (name: string, values: readonly string[], outcome: Outcome, why: string): MalformedCase => ({
  name,
  bytes: post(
    values.map((value) => `Content-Length:${value}`),
    '{}',
  ),
  outcomes: [outcome],
  why,
});

const refusedLength = (name: string, value: string): MalformedCase => lengths(name, [` ${value}`], malformed, DIGITS);

/** How long a body says it is. */
export const contentLength: readonly MalformedCase[] = [
  lengths('two that are the same', [' 2', ' 2'], malformed, ONE),
  lengths('two that differ', [' 2', ' 1'], malformed, ONE),
  lengths('two of which one is empty', ['', ' 2'], malformed, ONE),
  lengths('a list of the same', [' 2, 2'], malformed, ONE),
  lengths('a list of others', [' 2,1'], malformed, ONE),
  refusedLength('empty', ''),
  refusedLength('a plus sign', '+2'),
  refusedLength('a minus sign', '-2'),
  refusedLength('minus nought', '-0'),
  refusedLength('hexadecimal', '0x2'),
  refusedLength('a fraction', '2.0'),
  refusedLength('an exponent', '2e0'),
  refusedLength('two numbers', '2 2'),
  refusedLength('a word', 'two'),
  refusedLength('quotes', '"2"'),
  refusedLength('a semicolon', '2;'),
  refusedLength('an underscore', '0_2'),
  refusedLength('a no-break space', '2\xa0'),
  refusedLength('a digit of another script', '\xd9\xa2'),
  refusedLength('more than 64 bits', '18446744073709551618'),
  refusedLength('more than anything', '9'.repeat(100)),
  lengths('a leading nought', [' 02'], malformed, 'RFC 9110, 8.6 allows it; some read it as octal.'),
  lengths('a vertical tab before it', ['\v2'], malformed, DIGITS),
  lengths(
    'white space around it',
    ['\t 2 \t'],
    forwarded({ fields: { 'content-length': ['2'] }, change: 'the white space is left out' }),
    'RFC 9112, 5.1: white space around a value is no part of it.',
  ),
  {
    name: 'more than a number can count',
    bytes: post(['Content-Length: 9007199254740993'], '{}'),
    halfCloses: true,
    outcomes: [refused(413, 'FLT_BODY_TOO_LARGE', { staysOpen: true })],
    why: 'RFC 9110, 15.5.14: it is over the limit, by any count.',
  },
  {
    name: 'over the limit',
    bytes: post(['Content-Length: 200001'], 'x'.repeat(200_001)),
    outcomes: [refused(413, 'FLT_BODY_TOO_LARGE', { staysOpen: true })],
    why: 'RFC 9110, 15.5.14: the body is read and dropped.',
  },
  {
    name: 'none, and no body',
    bytes: post([]),
    outcomes: [forwarded({ body: '' })],
    why: 'RFC 9112, 6.3: without a length there is no body.',
  },
  {
    name: 'none, and a body',
    bytes: post([], '{"a":1}\r\n\r\n'),
    outcomes: [forwarded({ body: '', staysOpen: false }), malformed],
    why: 'RFC 9112, 6.3: without a length there is no body; what follows is no request.',
  },
  {
    name: 'shorter than the body',
    bytes: post(['Content-Length: 2'], '{}{}\r\n\r\n'),
    outcomes: [forwarded({ staysOpen: false }), malformed],
    why: 'RFC 9112, 6.3: what follows the body is no request.',
  },
];
