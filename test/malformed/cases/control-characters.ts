import { forwarded, type MalformedCase, malformed, post, SOUND, withLine } from './case.ts';

const CONTROL = 'RFC 9110, 5.5: a value with CR, LF or NUL is refused; here, with any control character but the tab.';
const GRAMMAR = 'RFC 9112, 3 and 5: no control character stands in a method, a target or a name.';

const inValue = (name: string, character: string): MalformedCase => ({
  name: `${name} in a value`,
  bytes: post([`X-A: x${character}y`, 'Content-Length: 2'], '{}'),
  outcomes: [malformed],
  why: CONTROL,
});

const elsewhere = (name: string, bytes: string): MalformedCase => ({
  name,
  bytes,
  outcomes: [malformed],
  why: GRAMMAR,
});

/** Characters below the space, and DEL. */
export const controlCharacters: readonly MalformedCase[] = [
  inValue('NUL', '\0'),
  inValue('SOH', '\x01'),
  inValue('BEL', '\x07'),
  inValue('BS', '\b'),
  inValue('VT', '\v'),
  inValue('FF', '\f'),
  inValue('ESC', '\x1b'),
  inValue('US', '\x1f'),
  inValue('DEL', '\x7f'),
  elsewhere('NUL before the request', `\0${SOUND}`),
  elsewhere('NUL in the method', withLine('PO\0ST /process HTTP/1.1')),
  elsewhere('NUL in the target', withLine('POST /proc\0ess HTTP/1.1')),
  elsewhere('NUL in the version', withLine('POST /process HTTP/1.1\0')),
  elsewhere('NUL in a name', post(['X-\0A: x', 'Content-Length: 2'], '{}')),
  elsewhere('NUL before the colon', post(['X-A\0: x', 'Content-Length: 2'], '{}')),
  elsewhere('NUL before the empty line', SOUND.replace('\r\n\r\n', '\r\n\0\r\n')),
  elsewhere('VT before a name', post(['\vX-A: x', 'Content-Length: 2'], '{}')),
  {
    name: 'NUL in the body',
    bytes: post(['Content-Length: 3'], '{\0}'),
    outcomes: [forwarded({ body: '{\0}' })],
    why: 'RFC 9110, 6.4: a body is bytes; the balancer reads none of them.',
  },
];
