import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NODE_OPTIONS } from '../src/index.js';

test('containers run Node as local processes do', async () => {
  const dockerfile = await readFile(join(import.meta.dirname, '../../../Dockerfile'), 'utf8');
  const command = JSON.stringify(['node', ...NODE_OPTIONS, 'main.cjs']).replaceAll(',', ', ');
  expect(dockerfile).toContain(`CMD ${command}`);
});
