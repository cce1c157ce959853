import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveBuffer } from '../src/receive-buffer.js';
import { keptBytes } from './memory.js';

/** What is pushed, overwritten afterwards; or how many pieces are taken. */
const step = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 30 }),
  fc.integer({ min: 1, max: 9000 }).map((length) => new Uint8Array(length).fill(length & 0xff)),
  fc.nat(4),
);

describe('held data', () => {
  it('are the same when they are taken, and are not written over then', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held = new ReceiveBuffer();
        const pushed: Buffer[] = [];
        const taken: Buffer[] = [];
        const take = (most: number) => {
          for (let i = 0; i < most && !held.isEmpty; i++) taken.push(held.shift());
        };
        for (const each of steps) {
          if (typeof each === 'number') {
            take(each);
            continue;
          }
          pushed.push(Buffer.from(each));
          const own = Buffer.from(each);
          held.push(own);
          own.fill(0xee);
        }
        take(Number.POSITIVE_INFINITY);
        expect(Buffer.concat(taken).equals(Buffer.concat(pushed))).toBe(true);
        expect(taken.every((chunk) => chunk.length > 0)).toBe(true);
      }),
    );
  });

  it('take little more than their size, however small their pieces', () => {
    const held = new ReceiveBuffer();
    const byte = Buffer.alloc(1);
    for (let i = 0; i < 100_000; i++) held.push(byte);
    const chunks = new Set<ArrayBufferLike>();
    let bytes = 0;
    for (let pieces = 0; !held.isEmpty; pieces++) {
      expect(pieces).toBeLessThan(30);
      const chunk = held.shift();
      chunks.add(chunk.buffer);
      bytes += chunk.length;
    }
    expect(bytes).toBe(100_000);
    expect([...chunks].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(250_000);
  });

  it('that are taken are not kept, by a reader who never quite catches up', () => {
    const held = new ReceiveBuffer();
    const before = keptBytes();
    held.push(Buffer.alloc(1));
    for (let i = 0; i < 1000; i++) {
      held.keep(Buffer.allocUnsafeSlow(64 * 1024));
      held.shift();
    }
    expect(held.isEmpty).toBe(false);
    expect(keptBytes() - before).toBeLessThan(5_000_000);
    expect(held.shift()).toHaveLength(64 * 1024);
  });

  it('are nothing once they are cleared', () => {
    const held = new ReceiveBuffer();
    for (let i = 0; i < 3; i++) held.push(Buffer.from('abc'));
    held.clear();
    expect(held.isEmpty).toBe(true);
    held.push(Buffer.from('d'));
    expect([held.shift().toString(), held.isEmpty]).toEqual(['d', true]);
  });
});
