import { type Forwarded, forwarded, type MalformedCase, malformed, type Outcome, refused, withLine } from './case.ts';

const notFound = refused(404, 'FLT_ROUTE_NOT_FOUND', { staysOpen: true });

const target = (name: string, written: string, outcome: Outcome, why: string): MalformedCase => ({
  name,
  bytes: withLine(`POST ${written} HTTP/1.1`),
  outcomes: [outcome],
  why,
});

const asOrigin: Forwarded = forwarded({ change: 'the target becomes `/process`' });
const ABSOLUTE = 'RFC 9112, 3.2.2: a server takes absolute-form.';
const ONE_HOST = 'RFC 9112, 3.2.2: the target would win over Host; others read Host. Both must agree.';
const CHARACTERS = 'RFC 3986, 2 and RFC 9112, 3.2: no such character stands in a target.';
const PERCENT = 'RFC 3986, 2.1: a percent sign is followed by two hexadecimal digits.';
const FRAGMENT = 'RFC 9112, 3.2: a target has no fragment.';
const OTHER_PATH = 'RFC 3986, 6.2: it is another path; nothing here makes it the route’s.';
const FORM =
  'RFC 9112, 3.2: only CONNECT takes authority-form, only OPTIONS the asterisk, all others begin with a slash.';
const OPAQUE = 'RFC 3986, 3.4: the query is passed on as it stands.';

/** What may stand where the target stands, and which targets are the same. */
export const targets: readonly MalformedCase[] = [
  target('absolute-form', 'http://h/process', asOrigin, ABSOLUTE),
  target('absolute-form in capitals', 'HTTP://H/process', asOrigin, `${ABSOLUTE} Scheme and host know no case.`),
  target(
    'absolute-form with the usual port',
    'http://h:80/process',
    asOrigin,
    `${ABSOLUTE} Port 80 goes without saying.`,
  ),
  target(
    'absolute-form with a query',
    'http://h/process?a=b',
    forwarded({ target: '/process?a=b', change: 'the target becomes `/process?a=b`' }),
    ABSOLUTE,
  ),
  target('absolute-form of another host', 'http://other/process', malformed, ONE_HOST),
  target('absolute-form of another port', 'http://h:81/process', malformed, ONE_HOST),
  target(
    'absolute-form with a user',
    'http://user@h/process',
    malformed,
    'RFC 9110, 4.2.4: a user in a URI is an error.',
  ),
  target(
    'absolute-form without a host',
    'http:///process',
    malformed,
    'RFC 9110, 4.2.1: a URI without a host is refused.',
  ),
  target('absolute-form of HTTPS', 'https://h/process', malformed, 'RFC 9110, 7.4: this connection is not secured.'),
  target('absolute-form of another scheme', 'ftp://h/process', malformed, 'RFC 9110, 4.2: this is HTTP.'),
  target('absolute-form without a path', 'http://h', notFound, 'RFC 9112, 3.2.1: it is that of `/`.'),
  target('absolute-form with one slash', 'http:/process', malformed, FORM),
  target('authority-form', 'h:80', malformed, FORM),
  target('an asterisk', '*', malformed, FORM),
  {
    name: 'an asterisk with OPTIONS',
    bytes: withLine('OPTIONS * HTTP/1.1', [], ''),
    outcomes: [notFound],
    why: 'RFC 9112, 3.2.4: it asks about the server as a whole, which has nothing to say.',
  },
  target('no slash', 'process', malformed, FORM),
  target('two slashes', '//process', notFound, OTHER_PATH),
  target('a host behind two slashes', '//h/process', notFound, OTHER_PATH),
  target('a slash at the end', '/process/', notFound, OTHER_PATH),
  target('capitals', '/PROCESS', notFound, OTHER_PATH),
  target('a dot segment', '/./process', notFound, OTHER_PATH),
  target('a path that climbs', '/health/../process', notFound, OTHER_PATH),
  target('a path that climbs in disguise', '/health/%2e%2e/process', notFound, OTHER_PATH),
  target('a backslash', '/health\\..\\process', malformed, CHARACTERS),
  target('an encoded slash', '/health%2f..%2fprocess', notFound, OTHER_PATH),
  target('a path parameter', '/process;a=b', notFound, OTHER_PATH),
  target(
    'letters that are encoded',
    '/%70roces%73',
    asOrigin,
    'RFC 3986, 6.2.2.2: a letter and its encoding are the same.',
  ),
  target('letters that are encoded twice', '/%2570rocess', notFound, OTHER_PATH),
  target('an encoded NUL', '/process%00', notFound, OTHER_PATH),
  target('an overlong encoding', '/%c1%b0rocess', malformed, 'RFC 3629, 3: no valid UTF-8.'),
  target('percent and no digits', '/%zzprocess', malformed, PERCENT),
  target('percent at the end', '/process%', malformed, PERCENT),
  target('percent and no digits in the query', '/process?a=%zz', malformed, PERCENT),
  target('a fragment', '/process#part', malformed, FRAGMENT),
  target('a fragment behind a query', '/process?a=b#part', malformed, FRAGMENT),
  target('a space', '/process /more', malformed, CHARACTERS),
  target('a space in the query', '/process?a=b c', malformed, CHARACTERS),
  target('a tab in the query', '/process?a=b\tc', malformed, CHARACTERS),
  target('a form feed in the query', '/process?a=b\fc', malformed, CHARACTERS),
  target('DEL in the query', '/process?a=b\x7fc', malformed, CHARACTERS),
  target('UTF-8 that is not encoded', '/process?a=\xc3\xa9', malformed, CHARACTERS),
  target('Latin-1 in the path', '/proc\xe9ss', malformed, CHARACTERS),
  target('an empty query', '/process?', forwarded({ target: '/process?' }), OPAQUE),
  target('a URL in the query', '/process?a=http://other/', forwarded({ target: '/process?a=http://other/' }), OPAQUE),
  target(
    'encoded line ends in the query',
    '/process?a=%0d%0aX:y',
    forwarded({ target: '/process?a=%0d%0aX:y' }),
    OPAQUE,
  ),
  target('brackets and bars in the query', '/process?a[]={"|"}', malformed, CHARACTERS),
];
