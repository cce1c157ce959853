import { describe, expect, it } from 'vitest';
import { bytesOf, cutAt, errorOf, everyByte } from './reading.js';

type Case = readonly [document: string | Uint8Array, code: string, offset: number, path?: string];

function bytes(...parts: (string | number)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...bytesOf(part)])));
}

const SYNTAX: Case[] = [
  ['x', 'SYNTAX', 0],
  ['}', 'SYNTAX', 0],
  [',{}', 'SYNTAX', 0],
  ['\ufeff\ufeff{}', 'SYNTAX', 3],
  [' \ufeff{}', 'SYNTAX', 1],
  ['\u00a0{}', 'SYNTAX', 0],
  ['\v{}', 'SYNTAX', 0],
  ['\f{}', 'SYNTAX', 0],
  ['/* */{}', 'SYNTAX', 0],
  ['{} {}', 'SYNTAX', 3],
  ['{}}', 'SYNTAX', 2],
  ['{},', 'SYNTAX', 2],
  ['{}\u0000', 'SYNTAX', 2],
  ['{]', 'SYNTAX', 1],
  ['{,}', 'SYNTAX', 1],
  ['{:1}', 'SYNTAX', 1],
  ['{1:2}', 'SYNTAX', 1],
  ["{'a':1}", 'SYNTAX', 1],
  ['{a:1}', 'SYNTAX', 1],
  ['{null:1}', 'SYNTAX', 1],
  ['{"a"}', 'SYNTAX', 4],
  ['{"a",1}', 'SYNTAX', 4],
  ['{"a"::1}', 'SYNTAX', 5],
  ['{"a":}', 'SYNTAX', 5],
  ['{"a":,}', 'SYNTAX', 5],
  ['{"a" "b":1}', 'SYNTAX', 5],
  ['{"a":1,}', 'SYNTAX', 7],
  ['{"a":1,,"b":2}', 'SYNTAX', 7],
  ['{"a":1 "b":2}', 'SYNTAX', 7],
  ['{"a":1;"b":2}', 'SYNTAX', 6],
  ['{"a":1]', 'SYNTAX', 6],
  ['{"a":[1}', 'SYNTAX', 7],
  ['{"a":[1,]}', 'SYNTAX', 8],
  ['{"a":[,1]}', 'SYNTAX', 6],
  ['{"a":[1 2]}', 'SYNTAX', 8],
  ['{"a":[1:2]}', 'SYNTAX', 7],
  ['{"a":["b":2]}', 'SYNTAX', 9],
  ['{"a":{"b"]}', 'SYNTAX', 9],
  ['{"a":{"b":1,}}', 'SYNTAX', 12],
  ['{"a":01}', 'SYNTAX', 6],
  ['{"a":-}', 'SYNTAX', 6],
  ['{"a":-01}', 'SYNTAX', 7],
  ['{"a":--1}', 'SYNTAX', 6],
  ['{"a":+1}', 'SYNTAX', 5],
  ['{"a":.5}', 'SYNTAX', 5],
  ['{"a":1.}', 'SYNTAX', 7],
  ['{"a":1.e1}', 'SYNTAX', 7],
  ['{"a":1..2}', 'SYNTAX', 7],
  ['{"a":1e}', 'SYNTAX', 7],
  ['{"a":1e+}', 'SYNTAX', 8],
  ['{"a":1e+-1}', 'SYNTAX', 8],
  ['{"a":1e1.5}', 'SYNTAX', 8],
  ['{"a":0x10}', 'SYNTAX', 6],
  ['{"a":1_000}', 'SYNTAX', 6],
  ['{"a":12a}', 'SYNTAX', 7],
  ['{"a":１}', 'SYNTAX', 5],
  ['{"a":NaN}', 'SYNTAX', 5],
  ['{"a":Infinity}', 'SYNTAX', 5],
  ['{"a":-Infinity}', 'SYNTAX', 6],
  ['{"a":undefined}', 'SYNTAX', 5],
  ['{"a":True}', 'SYNTAX', 5],
  ['{"a":tru}', 'SYNTAX', 8],
  ['{"a":truE}', 'SYNTAX', 8],
  ['{"a":truee}', 'SYNTAX', 9],
  ['{"a":nul l}', 'SYNTAX', 8],
  ['{"a":fals1}', 'SYNTAX', 9],
  ['{"a":"\n"}', 'SYNTAX', 6],
  ['{"a":"\u0000"}', 'SYNTAX', 6],
  ['{"a":"\u001f"}', 'SYNTAX', 6],
  ['{"a\t":1}', 'SYNTAX', 3],
  ['{"a":"\\a"}', 'SYNTAX', 7],
  ['{"a":"\\U0041"}', 'SYNTAX', 7],
  ['{"a":"\\\'"}', 'SYNTAX', 7],
  ['{"a":"\\x41"}', 'SYNTAX', 7],
  ['{"a":"\\\n"}', 'SYNTAX', 7],
  ['{"a":"\\é"}', 'SYNTAX', 7],
  ['{"a":"\\u"}', 'SYNTAX', 8],
  ['{"a":"\\u12"}', 'SYNTAX', 10],
  ['{"a":"\\u123g"}', 'SYNTAX', 11],
  ['{"a":"\\u{41}"}', 'SYNTAX', 8],
  ['{"a":"\\u 041"}', 'SYNTAX', 8],
  ['{"a\\q":1}', 'SYNTAX', 4],
  ['{"a\\u00":1}', 'SYNTAX', 7],
  ['{"a":{"b\\z":1}}', 'SYNTAX', 9],
  ['{"text":x}', 'SYNTAX', 8, 'text'],
  ['{"text"}', 'SYNTAX', 7, 'text'],
  ['{"text":"a\\u12zz"}', 'SYNTAX', 14, 'text'],
  ['{"text":"a\tb"}', 'SYNTAX', 10, 'text'],
  ['{"said":"a\\"}', 'INCOMPLETE', 13, 'said'],
  ['{"said":"\\ud800\\x"}', 'SYNTAX', 16, 'said'],
  ['{"said":"a" "b"}', 'SYNTAX', 12],
  ['{"request_id":[1,]}', 'SYNTAX', 17, 'request_id'],
  ['{"analysis":{"word_frequencies":{"a":1,}}}', 'SYNTAX', 39, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":01}}}', 'SYNTAX', 38, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a" 1}}}', 'SYNTAX', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a\n":1}}}', 'SYNTAX', 35, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":1]}}', 'SYNTAX', 38, 'analysis.word_frequencies'],
  ['{"analysis":{"inner":{}]}', 'SYNTAX', 23, 'analysis'],
];

const INCOMPLETE: Case[] = [
  ['', 'INCOMPLETE', 0],
  [' \n', 'INCOMPLETE', 2],
  ['\ufeff', 'INCOMPLETE', 3],
  ['{', 'INCOMPLETE', 1],
  ['{"', 'INCOMPLETE', 2],
  ['{"a"', 'INCOMPLETE', 4],
  ['{"a":', 'INCOMPLETE', 5],
  ['{"a":1', 'INCOMPLETE', 6],
  ['{"a":1,', 'INCOMPLETE', 7],
  ['{"a":tr', 'INCOMPLETE', 7],
  ['{"a":"\\u00', 'INCOMPLETE', 10],
  ['{"a":[{', 'INCOMPLETE', 7],
  ['{"text":"never closed', 'INCOMPLETE', 21, 'text'],
  ['{"text":"cut \\', 'INCOMPLETE', 14, 'text'],
  ['{"analysis":{"word_frequencies":{"a":1}', 'INCOMPLETE', 39, 'analysis'],
];

const UTF8: Case[] = [
  [bytes('{"text":"', 0x80, '"}'), 'INVALID_UTF8', 9, 'text'],
  [bytes('{"text":"', 0xc0, 0xaf, '"}'), 'INVALID_UTF8', 9, 'text'],
  [bytes('{"text":"', 0xe2, 0x82, '"}'), 'INVALID_UTF8', 9, 'text'],
  [bytes('{"said":"ab', 0xe0, 0x80, 0xaf, '"}'), 'INVALID_UTF8', 11, 'said'],
  [bytes('{"said":"ab', 0xed, 0xa0, 0x80, '"}'), 'INVALID_UTF8', 11, 'said'],
  [bytes('{"a":"', 0xf0, 0x8f, 0xbf, 0xbf, '"}'), 'INVALID_UTF8', 6],
  [bytes('{"a":"', 0xf4, 0x90, 0x80, 0x80, '"}'), 'INVALID_UTF8', 6],
  [bytes('{"a":"', 0xf8, 0x88, 0x80, 0x80, '"}'), 'INVALID_UTF8', 6],
  [bytes('{"', 0xff, '":1}'), 'INVALID_UTF8', 2],
  [bytes('{"a":{"', 0xfe, '":1}}'), 'INVALID_UTF8', 7],
  [bytes('{"request_id":"', 0xc3, 0x28, '"}'), 'INVALID_UTF8', 15, 'request_id'],
  [bytes('{"analysis":{"word_frequencies":{"', 0xc3, '":1}}}'), 'INVALID_UTF8', 34, 'analysis.word_frequencies'],
  [bytes(0xff, 0xfe, '{}'), 'INVALID_UTF8', 0],
  [bytes(0xef, 0xbb, '{}'), 'INVALID_UTF8', 0],
  [bytes('{}', 0xc3), 'INVALID_UTF8', 2],
  [bytes('{"text":"ab', 0xf0, 0x9f), 'INVALID_UTF8', 11, 'text'],
  [Uint8Array.from(Buffer.from('{"a":1}', 'utf16le')), 'SYNTAX', 1],
];

const TYPES: Case[] = [
  ['[]', 'WRONG_TYPE', 0],
  ['"text"', 'WRONG_TYPE', 0],
  [' 12', 'WRONG_TYPE', 1],
  ['null', 'WRONG_TYPE', 0],
  ['{"text":null}', 'WRONG_TYPE', 8, 'text'],
  ['{"text":5}', 'WRONG_TYPE', 8, 'text'],
  ['{"text": ["a"]}', 'WRONG_TYPE', 9, 'text'],
  ['{"said":{}}', 'WRONG_TYPE', 8, 'said'],
  ['{"analysis":"a"}', 'WRONG_TYPE', 12, 'analysis'],
  ['{"analysis":{"word_frequencies":[]}}', 'WRONG_TYPE', 32, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":"1"}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":null}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":-1}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":1.5}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":1e-1}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":1e999}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"word_frequencies":{"a":9007199254740992}}}', 'WRONG_TYPE', 37, 'analysis.word_frequencies'],
  ['{"analysis":{"inner":{"note":true}}}', 'WRONG_TYPE', 29, 'analysis.inner.note'],
  ['{"text":"","text":""}', 'DUPLICATE_MEMBER', 11, 'text'],
  ['{"text":"","said":"","request_id":1,"text":""}', 'DUPLICATE_MEMBER', 36, 'text'],
  ['{"text":"","te\\u0078t":""}', 'DUPLICATE_MEMBER', 11, 'text'],
  ['{"\\u0072equest_id":1,"request_id":1}', 'DUPLICATE_MEMBER', 21, 'request_id'],
  ['{"analysis":{},"analysis":{}}', 'DUPLICATE_MEMBER', 15, 'analysis'],
  ['{"analysis":{"word_count":1,"word_count":2}}', 'DUPLICATE_MEMBER', 28, 'analysis.word_count'],
];

describe.each([
  ['against the grammar', SYNTAX],
  ['that end too early', INCOMPLETE],
  ['that are not UTF-8', UTF8],
  ['that do not fit the declaration', TYPES],
])('documents %s', (_, cases) => {
  it.each(cases.map(([document, code, offset, path = '']) => ({ document, code, offset, path })))(
    '$document: $code at byte $offset',
    ({ document, code, offset, path }) => {
      const all = typeof document === 'string' ? bytesOf(document) : document;
      expect(errorOf([all])).toMatchObject({ code, offset, path });
      expect(errorOf(everyByte(all))).toMatchObject({ code, offset, path });
      for (let place = 1; place < all.length; place++) {
        expect(errorOf(cutAt(all, [place]))).toMatchObject({ code, offset, path });
      }
    },
  );
});

describe('the error', () => {
  it('says what was expected and where, and quotes nothing of the document', () => {
    const error = errorOf([
      bytesOf('{"secret key":"secret value","analysis":{"word_frequencies":{"secret word":"x"}}}'),
    ]);
    expect(error?.message).toBe(
      'a value of another type, expected a non-negative safe integer in "analysis.word_frequencies", at byte 75',
    );
    expect(error?.expected).toBe('a non-negative safe integer');
    expect(errorOf([bytesOf('{"text":1}')])?.expected).toBe('string');
    expect(errorOf([bytesOf('{"analysis":1}')])?.expected).toBe('object');
    expect(errorOf([bytesOf('7')])).toMatchObject({ expected: 'object', path: '' });
    expect(errorOf([bytesOf('{"secret":secret}')])?.message).toBe('not valid JSON, at byte 10');
  });
});
