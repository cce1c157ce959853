import { readFile } from 'node:fs/promises';
import { SourceMap as NodeSourceMap, type SourceMapPayload, type SourceMapping } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOf } from '../../scripts/bundle/source-map.ts';

const MAP = join(import.meta.dirname, '../../bundle/client/program.cjs.map');
const payload = JSON.parse(await readFile(MAP, 'utf8')) as SourceMapPayload;
const lines = payload.mappings.split(';');

describe('a place in a bundle', () => {
  test('comes from where Node says that it does', () => {
    const oracle = new NodeSourceMap(payload);
    const line = fc.integer({ min: 1, max: lines.length });
    const column = fc.integer({ min: 1, max: 160 });
    fc.assert(
      fc.property(line, column, (line, column) => {
        const found = oracle.findEntry(line - 1, column - 1) as Partial<SourceMapping>;
        // Where a line has no segment before the column, Node gives the last one of a line before.
        const isOfLine = found.generatedLine === line - 1 && found.originalSource;
        const { originalSource: source, originalLine = 0, originalColumn = 0 } = found;
        const expected = isOfLine ? { source, line: originalLine + 1, column: originalColumn + 1 } : undefined;
        expect(placeOf(payload, line, column)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('comes from nowhere behind the last segment of code that has no source', () => {
    const map = { sources: ['a.ts', 'b.ts'], mappings: ';AACA,CAAC,GCDD,G' };
    expect(placeOf(map, 1, 1)).toBeUndefined();
    expect(placeOf(map, 2, 1)).toEqual({ source: 'a.ts', line: 2, column: 1 });
    expect(placeOf(map, 2, 3)).toEqual({ source: 'a.ts', line: 2, column: 2 });
    expect(placeOf(map, 2, 5)).toEqual({ source: 'b.ts', line: 1, column: 1 });
    expect(placeOf(map, 2, 9)).toBeUndefined();
    expect(placeOf(map, 3, 1)).toBeUndefined();
  });
});
