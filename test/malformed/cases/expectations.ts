import { forwarded, type MalformedCase, malformed, type Outcome, post, refused, USUAL_HEAD } from './case.ts';

const failed = refused(417, 'FLT_EXPECTATION_FAILED');
const ONLY_CONTINUE = 'RFC 9110, 10.1.1: nothing but `100-continue` can be met.';
const met = forwarded({ fields: { expect: [] }, change: 'it is met here, and left out' });

const request = (name: string, lines: readonly string[], outcome: Outcome, why = ONLY_CONTINUE): MalformedCase => ({
  name,
  bytes: post([...lines, 'Content-Length: 2'], '{}'),
  outcomes: [outcome],
  why,
});

/** What a client expects before it sends its body. */
export const expectations: readonly MalformedCase[] = [
  request('something unknown', ['Expect: miracles'], failed),
  request('another status', ['Expect: 200-ok'], failed),
  request('nothing', ['Expect:'], failed),
  request('100-continue and something unknown', ['Expect: 100-continue, miracles'], failed),
  request('something unknown and 100-continue', ['Expect: miracles, 100-continue'], failed),
  request('100-continue in quotes', ['Expect: "100-continue"'], failed),
  request('100-continue with a parameter', ['Expect: 100-continue;a=b'], failed),
  request('100-continue in two lines', ['Expect: 100-continue', 'Expect: 100-continue'], failed),
  request('100-continue', ['Expect: 100-continue'], met, 'RFC 9110, 10.1.1: each hop answers for itself.'),
  request(
    '100-continue in other letters',
    ['Expect: 100-Continue'],
    met,
    'RFC 9110, 10.1.1: its case does not matter.',
  ),
  {
    name: '100-continue of a request that is refused',
    bytes: `${USUAL_HEAD}Host: other\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
    outcomes: [malformed],
    why: 'RFC 9110, 10.1.1: what the head decides is answered at once, without 100.',
  },
  {
    name: 'something unknown in HTTP/1.0',
    bytes: 'POST /process HTTP/1.0\r\nExpect: miracles\r\nContent-Length: 2\r\n\r\n{}',
    outcomes: [forwarded({ fields: { expect: [] }, staysOpen: false, change: 'it is left out' })],
    why: 'RFC 9110, 10.1.1: in HTTP/1.0 an expectation is ignored.',
  },
];
