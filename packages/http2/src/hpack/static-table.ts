/** The fields that both sides know (RFC 7541, appendix A), the first of which has the number 1. */
const FIELDS: readonly (readonly [string, string?])[] = [
  [':authority'],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset'],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language'],
  ['accept-ranges'],
  ['accept'],
  ['access-control-allow-origin'],
  ['age'],
  ['allow'],
  ['authorization'],
  ['cache-control'],
  ['content-disposition'],
  ['content-encoding'],
  ['content-language'],
  ['content-length'],
  ['content-location'],
  ['content-range'],
  ['content-type'],
  ['cookie'],
  ['date'],
  ['etag'],
  ['expect'],
  ['expires'],
  ['from'],
  ['host'],
  ['if-match'],
  ['if-modified-since'],
  ['if-none-match'],
  ['if-range'],
  ['if-unmodified-since'],
  ['last-modified'],
  ['link'],
  ['location'],
  ['max-forwards'],
  ['proxy-authenticate'],
  ['proxy-authorization'],
  ['range'],
  ['referer'],
  ['refresh'],
  ['retry-after'],
  ['server'],
  ['set-cookie'],
  ['strict-transport-security'],
  ['transfer-encoding'],
  ['user-agent'],
  ['vary'],
  ['via'],
  ['www-authenticate'],
];

/** Names by their number; there is none with the number 0. */
export const staticNames: readonly string[] = ['', ...FIELDS.map(([name]) => name)];
export const staticValues: readonly string[] = ['', ...FIELDS.map(([, value = '']) => value)];
/** How many there are: the fields of a connection are numbered after them. */
export const STATIC_FIELDS = FIELDS.length;

/** The number of a name, and of each value that it has there. */
export interface StaticName {
  readonly number: number;
  readonly numberOf: ReadonlyMap<string, number>;
}

/** Names, and what is known of them. */
export const staticByName: ReadonlyMap<string, StaticName> = byName();

function byName(): Map<string, StaticName> {
  const found = new Map<string, { number: number; numberOf: Map<string, number> }>();
  FIELDS.forEach(([name, value], index) => {
    const known = found.get(name) ?? { number: index + 1, numberOf: new Map() };
    found.set(name, known);
    if (value !== undefined) known.numberOf.set(value, index + 1);
  });
  return found;
}
