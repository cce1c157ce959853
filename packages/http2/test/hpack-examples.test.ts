import { describe, expect, it } from 'vitest';
import { FieldDecoder } from '../src/hpack/decoder.js';

/** Blocks, each with the fields that it says, of one connection: RFC 7541, appendix C. */
type Example = readonly (readonly [block: string, fields: readonly string[]])[];

const MAX_LIST_BYTES = 64 * 1024;
/** The responses there are read with a table of 256 bytes, of which the decoder is told first. */
const SMALL_TABLE = '3fe101';

const LITERALS: readonly (readonly [string, readonly string[]])[] = [
  ['400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key', 'custom-header']],
  ['040c2f73616d706c652f70617468', [':path', '/sample/path']],
  ['100870617373776f726406736563726574', ['password', 'secret']],
  ['82', [':method', 'GET']],
];

const FIRST = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'www.example.com'];
const SECOND = [...FIRST, 'cache-control', 'no-cache'];
const THIRD = [
  ...[':method', 'GET', ':scheme', 'https', ':path', '/index.html', ':authority', 'www.example.com'],
  ...['custom-key', 'custom-value'],
];

const REQUESTS: Example = [
  ['828684410f7777772e6578616d706c652e636f6d', FIRST],
  ['828684be58086e6f2d6361636865', SECOND],
  ['828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', THIRD],
];
const CODED_REQUESTS: Example = [
  ['828684418cf1e3c2e5f23a6ba0ab90f4ff', FIRST],
  ['828684be5886a8eb10649cbf', SECOND],
  ['828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', THIRD],
];

const LOCATION = ['location', 'https://www.example.com'];
const LATER = ['cache-control', 'private', 'date', 'Mon, 21 Oct 2013 20:13:21 GMT', ...LOCATION];
const LAST = [
  ...[':status', '200', 'cache-control', 'private', 'date', 'Mon, 21 Oct 2013 20:13:22 GMT', ...LOCATION],
  ...['content-encoding', 'gzip', 'set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
];

const RESPONSES: Example = [
  [
    `${SMALL_TABLE}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54` +
      '6e1768747470733a2f2f7777772e6578616d706c652e636f6d',
    [':status', '302', ...LATER],
  ],
  ['4803333037c1c0bf', [':status', '307', ...LATER]],
  [
    '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b42' +
      '5a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
    LAST,
  ],
];
const CODED_RESPONSES: Example = [
  [
    `${SMALL_TABLE}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff` +
      '6e919d29ad171863c78f0b97c8e9ae82ae43d3',
    [':status', '302', ...LATER],
  ],
  ['4883640effc1c0bf', [':status', '307', ...LATER]],
  [
    '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f' +
      '3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    LAST,
  ],
];

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const read = (decoder: FieldDecoder, hex: string) => [...decoder.decode(bytes(hex)).fields];

describe('the examples of RFC 7541', () => {
  it.each(LITERALS)('C.2: %s', (block, fields) => {
    expect(read(new FieldDecoder(MAX_LIST_BYTES), block)).toEqual(fields);
  });

  it.each([
    ['C.3: requests', REQUESTS],
    ['C.4: requests in Huffman’s code', CODED_REQUESTS],
    ['C.5: responses that drive each other from the table', RESPONSES],
    ['C.6: the same in Huffman’s code', CODED_RESPONSES],
  ] as const)('%s', (_name, example) => {
    const decoder = new FieldDecoder(MAX_LIST_BYTES);
    for (const [block, fields] of example) expect(read(decoder, block)).toEqual(fields);
  });

  it('C.6: what was driven from the table is not there any more', () => {
    const decoder = new FieldDecoder(MAX_LIST_BYTES);
    for (const [block] of CODED_RESPONSES) decoder.decode(bytes(block));
    const [setCookie, contentEncoding, date] = [LAST.slice(-2), LAST.slice(-4, -2), LAST.slice(4, 6)];
    expect(read(decoder, 'bebfc0')).toEqual([...setCookie, ...contentEncoding, ...date]);
    expect(() => decoder.decode(bytes('c1'))).toThrow('not in the table');
  });

  it('a table of 34 bytes holds a field of one and one, and no more', () => {
    const decoder = new FieldDecoder(MAX_LIST_BYTES);
    expect(read(decoder, '3f034001610162be')).toEqual(['a', 'b', 'a', 'b']);
    expect(read(decoder, '400161026262')).toEqual(['a', 'bb']);
    expect(() => decoder.decode(bytes('be'))).toThrow('not in the table');
  });

  it('counts a list as RFC 9113, section 6.5.2, does', () => {
    const { listBytes } = new FieldDecoder(MAX_LIST_BYTES).decode(bytes('828684410f7777772e6578616d706c652e636f6d'));
    expect(listBytes).toBe(7 + 3 + 32 + (7 + 4 + 32) + (5 + 1 + 32) + (10 + 15 + 32));
  });
});
