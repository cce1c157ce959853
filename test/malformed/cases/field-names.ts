import { forwarded, type MalformedCase, malformed, type Outcome, post } from './case.ts';

const ONCE = 'RFC 9110, 5.3: it may come once; readers take the first or the last.';
const ALIKE = 'Gateways that know variables for headers take `_` for `-` (RFC 3875, 4.1.18).';
const ID = 'An id that may not stand in a header is replaced by a new one.';
const LIST = 'RFC 9110, 5.3: lines of a list belong together, in their order.';

const request = (name: string, lines: readonly string[], outcome: Outcome, why: string): MalformedCase => ({
  name,
  bytes: post([...lines, 'Content-Length: 2'], '{}'),
  outcomes: [outcome],
  why,
});

const twice = (field: string, first: string, second: string): MalformedCase =>
  request(`${field} twice`, [`${field}: ${first}`, `${field}: ${second}`], malformed, ONCE);

const alike = (field: string, value = 'x'): MalformedCase => request(field, [`${field}: ${value}`], malformed, ALIKE);

const newId = (name: string, lines: readonly string[]): MalformedCase =>
  request(name, lines, forwarded({ getsNewId: true, change: 'it gets a new id' }), ID);

const passes = (name: string, field: string, values: readonly string[], why: string): MalformedCase =>
  request(
    name,
    values.map((value) => `${field}: ${value}`),
    forwarded({ fields: { [field.toLowerCase()]: values } }),
    why,
  );

/** Fields that mean something to every hop. */
export const fieldNames: readonly MalformedCase[] = [
  request('Content-Type twice', ['Content-Type: text/plain'], malformed, ONCE),
  request('Content-Type twice, in other letters', ['content-TYPE: application/json'], malformed, ONCE),
  twice('Authorization', 'Bearer x', 'Bearer y'),
  twice('Idempotency-Key', 'x', 'y'),
  twice('X-Request-Deadline-Ms', '1000', '2000'),
  newId('X-Request-Id twice', ['X-Request-Id: x', 'X-Request-Id: y']),
  newId('X-Request-Id with a space', ['X-Request-Id: x y']),
  newId('X-Request-Id of 129 characters', [`X-Request-Id: ${'x'.repeat(129)}`]),
  newId('X-Request-Id with Latin-1', ['X-Request-Id: \xe9']),
  alike('Content_Length', '0'),
  alike('Transfer_Encoding', 'chunked'),
  alike('Content_Type'),
  alike('X_Request_Id'),
  alike('X-Request_Id'),
  alike('X_Forwarded_For'),
  alike('Idempotency_Key'),
  passes('another name with an underscore', 'X-A_B', ['x'], 'RFC 9110, 5.1: an underscore may stand in a name.'),
  passes('Content-Length-', 'Content-Length-', ['0'], 'RFC 9110, 5.1: it is another name.'),
  passes('Transfer-Encodings', 'Transfer-Encodings', ['chunked'], 'RFC 9110, 5.1: it is another name.'),
  passes('a list in two lines', 'Accept', ['text/plain', 'application/json'], LIST),
  request(
    'X-Forwarded-For in two lines',
    ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 192.0.2.2'],
    forwarded({
      fields: { 'x-forwarded-for': ['192.0.2.1, 192.0.2.2, 127.0.0.1'] },
      change: 'it becomes one line, with the client’s address after it',
    }),
    LIST,
  ),
  passes('Content-Encoding in two lines', 'Content-Encoding', ['identity', 'gzip'], LIST),
  passes('Cookie in two lines', 'Cookie', ['a=b', 'c=d'], LIST),
];
