import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBatch } from '../src/line-batch.js';

const MAX_LENGTH = 20;

function batchInto(written: string[]): LineBatch {
  return new LineBatch({ write: (text) => written.push(text) }, MAX_LENGTH);
}

describe('a batch of lines', () => {
  it('hands on every line once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ minLength: 1 }))), (steps) => {
        const written: string[] = [];
        const batch = batchInto(written);
        // Nothing stands for a flush in between.
        for (const step of steps) step === null ? batch.flush() : batch.write(step);
        batch.flush();
        expect(written.join('')).toBe(steps.filter((step) => step !== null).join(''));
        expect(written).not.toContain('');
      }),
    );
  });

  it('holds less than its length', () => {
    const written: string[] = [];
    const batch = batchInto(written);
    batch.write('x'.repeat(MAX_LENGTH - 1));
    expect(written).toEqual([]);
    batch.write('y');
    expect(written).toEqual([`${'x'.repeat(MAX_LENGTH - 1)}y`]);
  });
});
