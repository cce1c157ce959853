import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textBody } from '../src/json-text.js';
import { type Chunk, planChunks, planJsonChunks } from '../src/plan.js';
import { TextFile } from '../src/text-file.js';
import { collect, TemporaryFolder } from './support/files.js';
import { anyText } from './support/texts.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await TemporaryFolder.make();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function bodyOf(file: TextFile, chunk: Chunk): Promise<Buffer> {
  return collect(textBody(chunk.requestId, file.slices(chunk)));
}

describe('planChunks', () => {
  test('the chunks are the file, and their lengths those of their bodies', async () => {
    const nonEmpty = anyText.filter((text) => text !== '');
    await fc.assert(
      fc.asyncProperty(nonEmpty, fc.integer({ min: 1, max: 8 }), async (text, parts) => {
        await using file = await TextFile.open(await folder.write('text.txt', text));
        const chunks = await planChunks(file, { parts, runId: 'run' });
        const bodies = await Promise.all(chunks.map((chunk) => collect(file.slices(chunk, true))));
        expect(Buffer.concat(bodies).toString()).toBe(text);
        expect(bodies.map((body) => body.length)).toEqual(chunks.map((chunk) => chunk.bodyBytes));
        expect(chunks.length).toBeLessThanOrEqual(parts);
      }),
      { numRuns: 60 },
    );
  });
});

describe('planJsonChunks', () => {
  test('announces the length of every body, which is JSON of the chunk', async () => {
    const nonEmpty = anyText.filter((text) => text !== '');
    await fc.assert(
      fc.asyncProperty(nonEmpty, fc.integer({ min: 1, max: 8 }), async (text, parts) => {
        await using file = await TextFile.open(await folder.write('text.txt', text));
        const chunks = await planJsonChunks(file, { parts, maxBodyBytes: 1e6, runId: 'run' });
        const bodies = await Promise.all(chunks.map((chunk) => bodyOf(file, chunk)));
        const parsed = bodies.map((body) => JSON.parse(body.toString()));
        expect(bodies.map((body) => body.length)).toEqual(chunks.map((chunk) => chunk.bodyBytes));
        expect(parsed.map((body) => body.text).join('')).toBe(text);
        expect(parsed.map((body) => body.request_id)).toEqual(chunks.map((_, index) => `run-${index + 1}`));
      }),
      { numRuns: 60 },
    );
  });

  test('cuts a chunk whose body would be too large into more, for what escapes take too', async () => {
    const maxBodyBytes = 200;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', '"', '\u0001', 'é', '\t'), { minLength: 1 }), async (words) => {
        await using file = await TextFile.open(await folder.write('text.txt', words.join(' ').repeat(8)));
        const chunks = await planJsonChunks(file, { parts: 2, maxBodyBytes, runId: 'run' });
        for (const chunk of chunks) expect(chunk.bodyBytes).toBeLessThanOrEqual(maxBodyBytes);
        expect(chunks.at(-1)?.end).toBe(file.sizeBytes);
        chunks.forEach(({ start }, index) => {
          expect(start).toBe(chunks[index - 1]?.end ?? 0);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('says when a word is too long to be sent', async () => {
    await using file = await TextFile.open(await folder.write('word.txt', `short ${'x'.repeat(300)}`));
    const plan = planJsonChunks(file, { parts: 1, maxBodyBytes: 200, runId: 'run' });
    await expect(plan).rejects.toThrow(/a word behind offset 0 that is too long to be sent/);
  });
});
