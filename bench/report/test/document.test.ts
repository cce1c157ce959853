import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchmarks } from '../benchmarks.ts';
import { replaceSection } from '../document.ts';

const DOCUMENT =
  '# Performance\n\n<!-- bench:a -->\nold\n<!-- /bench:a -->\n\nWritten by hand.\n\n<!-- bench:b -->\n<!-- /bench:b -->\n';

test('a section is replaced, and nothing else is touched', () => {
  const once = replaceSection(DOCUMENT, 'a', 'new\n');
  expect(once).toBe(DOCUMENT.replace('old', 'new'));
  expect(replaceSection(once, 'a', 'new')).toBe(once);
  expect(replaceSection(DOCUMENT, 'b', 'first')).toContain('<!-- bench:b -->\nfirst\n<!-- /bench:b -->');
});

test('a document without the section is refused', () => {
  expect(() => replaceSection(DOCUMENT, 'c', 'new')).toThrow('bench:c');
});

test('the document has a section for every benchmark, and one for what is to be reached', () => {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8');
  for (const name of [...benchmarks.map((each) => each.name), 'figures']) {
    expect(() => replaceSection(document, name, '')).not.toThrow();
  }
});
