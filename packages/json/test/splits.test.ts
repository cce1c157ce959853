import { JsonReader, jsonShape } from '@flotilla/json';
import { describe, expect, it } from 'vitest';
import { bytesOf, cutAt, errorOf, everyByte, read, stringOf } from './reading.js';

const TRICKY = [
  '\ufeff \t\r\n{ "te\\u0078t" : "a\\"\\\\\\/\\b\\f\\n\\r\\tж😀\\ud83d\\ude00\\ud800\\ud800\\udc00\\udc00\\uD800x\\ud800\\n\\ud800é" ,',
  '"said":"a\\"\\\\\\/\\b\\f\\n\\r\\tж😀\\ud83d\\ude00\\ud800\\ud800\\udc00\\udc00\\uD800x\\ud800\\n\\ud800é\\ud800",',
  '"skip\\u0070ed":[-0.5e+10,[],{},[{"":null,"a":[true,false,"\\u00e9😀"]}],0,-0,1E-2],"request_id":{"a":[1,"\\n"]},',
  '"analysis":{"word_frequencies":{"__proto__":1,"caf\\u00e9":2.0,"2024":3e0,"ж":9007199254740991,"\\ud83d\\ude00":0,',
  '"\\ud800":-0,"":12, "constructor" : 7 },"word_count":123,"other":-1.5,"inner":{"note":"\\u0041\\ud83d😀"}}} \n',
].join('');

const LONE = '\ufffd';
const MEANT = `a"\\/\b\f\n\r\tж😀😀${LONE}𐀀${LONE}${LONE}x${LONE}\n${LONE}é`;

describe('a tricky document', () => {
  const bytes = bytesOf(TRICKY);
  const whole = read([bytes]);

  it('means what it says', () => {
    expect(whole.said).toBe(`${MEANT}${LONE}`);
    expect((JSON.parse(`"${whole.raw}"`) as string).toWellFormed()).toBe(MEANT);
    expect(whole.raw).toContain('\\/\\b\\f\\n\\r\\tж😀\\ud83d\\ude00');
    expect(whole.requestId).toEqual({ a: [1, '\n'] });
    expect(whole.wordCount).toBe(123);
    expect(whole.note).toBe(`A${LONE}😀`);
    expect(whole.counts).toEqual([
      ['__proto__', 1],
      ['café', 2],
      ['2024', 3],
      ['ж', 9007199254740991],
      ['😀', 0],
      [LONE, 0],
      ['', 12],
      ['constructor', 7],
    ]);
    const order = '<text text> <said said> {analysis counts {inner <note note> inner} analysis}';
    expect(whole.objects.join(' ')).toBe(order);
  });

  it('means the same cut in two at every byte, in three, and byte by byte', () => {
    for (let place = 0; place <= bytes.length; place++) {
      expect(read(cutAt(bytes, [place]))).toEqual(whole);
      expect(read(cutAt(bytes, [place, place + 1]))).toEqual(whole);
      expect(read(cutAt(bytes, [place, place + 7]))).toEqual(whole);
    }
    expect(read(everyByte(bytes))).toEqual(whole);
    expect(read([new Uint8Array(0), bytes, new Uint8Array(0)])).toEqual(whole);
  });

  it('is incomplete at every byte before its last brace', () => {
    const last = TRICKY.trimEnd();
    const length = bytesOf(last).length;
    for (let place = 0; place < length; place++) {
      const code = errorOf([bytes.slice(0, place)])?.code;
      expect(['INCOMPLETE', 'INVALID_UTF8']).toContain(code);
      expect(errorOf(everyByte(bytes.slice(0, place)))?.code).toBe(code);
    }
  });

  it('does not hide a wrong byte, wherever it is', () => {
    for (let place = 0; place < bytes.length; place++) {
      const broken = bytes.slice();
      broken[place] = 0xff;
      const error = errorOf([broken]);
      expect(error).toMatchObject({ code: 'INVALID_UTF8' });
      expect(errorOf(everyByte(broken))).toMatchObject({
        code: 'INVALID_UTF8',
        offset: error?.offset,
        path: error?.path,
      });
    }
  });
});

describe('pieces', () => {
  const shape = jsonShape({ raw: { kind: 'text', mode: 'raw' }, said: { kind: 'text', mode: 'decoded' } });

  it('are views of the chunk in raw mode, and stay true while the chunk does', () => {
    const kept: Uint8Array[] = [];
    const reader = new JsonReader(shape, { raw: { chunk: (bytes) => kept.push(bytes) }, said: { chunk: () => {} } });
    const chunks = cutAt(bytesOf('{"raw":"one \\n two é three \\ud83d\\ude00 four"}'), [10, 13, 20, 28, 31, 40]);
    for (const chunk of chunks) reader.write(chunk);
    reader.end();
    expect(stringOf(...kept)).toBe('one \\n two é three \\ud83d\\ude00 four');
    expect(kept[0]?.buffer).toBe(chunks[0]?.buffer);
  });

  it('of decoded text cross the scratch buffer in order, long runs and short ones', () => {
    const parts = Array.from({ length: 900 }, (_, i) => `${'é'.repeat((i * 37) % 1200)}\n"${i}"\ud83d\ude00\ud800`);
    const text = parts.join('');
    let out = '';
    const said = { chunk: (bytes: Uint8Array) => (out += stringOf(bytes)) };
    const reader = new JsonReader(shape, { raw: { chunk: () => {} }, said });
    reader.write(bytesOf(JSON.stringify({ said: text })));
    reader.end();
    expect(out).toBe(text.toWellFormed());
  });

  it('may feed another reader that unescapes too', () => {
    const inner = JSON.stringify({ said: 'deep\n'.repeat(30_000) });
    let out = '';
    const sinks = { raw: { chunk: () => {} }, said: { chunk: (bytes: Uint8Array) => (out += stringOf(bytes)) } };
    const second = new JsonReader(shape, sinks);
    const first = new JsonReader(shape, { ...sinks, said: { chunk: (bytes) => second.write(bytes) } });
    first.write(bytesOf(JSON.stringify({ said: inner })));
    first.end();
    second.end();
    expect(out).toBe('deep\n'.repeat(30_000));
  });

  it('stay as they are while another reader unescapes in the same callback', () => {
    let out = '';
    const nothing = { raw: { chunk: () => {} }, said: { chunk: () => {} } };
    const first = new JsonReader(shape, {
      ...nothing,
      said: {
        chunk: (bytes) => {
          const second = new JsonReader(shape, nothing);
          second.write(bytesOf('{"said":"other\\ntext"}'));
          second.end();
          out += stringOf(bytes);
        },
      },
    });
    first.write(bytesOf('{"said":"first\\ntext"}'));
    first.end();
    expect(out).toBe('first\ntext');
  });
});
