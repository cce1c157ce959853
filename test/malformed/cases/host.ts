import { forwarded, type MalformedCase, malformed, type Outcome } from './case.ts';

const ONE = 'RFC 9112, 3.2: exactly one Host.';
const VALUE = 'RFC 9112, 3.2: a Host that is no host and port is refused.';

const request = (name: string, lines: string, outcome: Outcome, why: string, version = '1.1'): MalformedCase => ({
  name,
  bytes: `POST /process HTTP/${version}\r\n${lines}Content-Length: 2\r\n\r\n{}`,
  outcomes: [outcome],
  why,
});

const refusedValue = (name: string, value: string): MalformedCase =>
  request(name, `Host: ${value}\r\n`, malformed, VALUE);
const sound = (name: string, value: string): MalformedCase =>
  request(name, `Host: ${value}\r\n`, forwarded(), 'RFC 3986, 3.2.2 and 3.2.3.');

/** Which host a request is for. */
export const host: readonly MalformedCase[] = [
  request('no Host', '', malformed, ONE),
  request('two that differ', 'Host: h\r\nHost: other\r\n', malformed, ONE),
  request('two that are the same', 'Host: h\r\nHost: h\r\n', malformed, ONE),
  request('two with other headers between', 'HOST: h\r\nX-A: x\r\nhost: other\r\n', malformed, ONE),
  request('two in HTTP/1.0', 'Host: h\r\nHost: other\r\n', malformed, ONE, '1.0'),
  request('a space before the colon of the second', 'Host: h\r\nHost : other\r\n', malformed, 'RFC 9112, 5.1.'),
  request('a second one folded in', 'Host: h\r\n Host: other\r\n', malformed, 'RFC 9112, 5.2.'),
  refusedValue('empty', ''),
  refusedValue('two in one', 'h, other'),
  refusedValue('a space inside', 'h other'),
  refusedValue('a tab inside', 'h\tother'),
  refusedValue('a user', 'user@h'),
  refusedValue('a path', 'h/process'),
  refusedValue('a URL', 'http://h'),
  refusedValue('a query', 'h?a'),
  refusedValue('a fragment', 'h#a'),
  refusedValue('a backslash', 'h\\other'),
  refusedValue('a port that is no number', 'h:http'),
  refusedValue('a port that is signed', 'h:+80'),
  refusedValue('a port beyond 65535', 'h:65536'),
  refusedValue('two ports', 'h:80:80'),
  refusedValue('a port alone', ':80'),
  refusedValue('an address without brackets', '::1'),
  refusedValue('a bracket that stays open', '[::1'),
  refusedValue('brackets around a name', '[h]'),
  refusedValue('Latin-1', 'h\xe9'),
  refusedValue('an encoded slash', 'h%2fother'),
  refusedValue('an asterisk', '*'),
  sound('a port', 'h:8061'),
  sound('an empty port', 'h:'),
  sound('an IPv6 address with a port', '[::1]:8061'),
  sound('an underscore, as Compose has them', 'service_1'),
];
