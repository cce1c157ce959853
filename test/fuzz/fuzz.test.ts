import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerHeads } from './targets/answer-heads.js';
import { hpack } from './targets/hpack.js';
import { http2Answers } from './targets/http2-answers.js';
import { http2Growth } from './targets/http2-growth.js';
import { http2Requests } from './targets/http2-requests.js';
import { json } from './targets/json.js';
import { mediaTypes } from './targets/media-types.js';
import { requestHeads } from './targets/request-heads.js';

/** What is fed: all that reads what others send. */
const TARGETS = [requestHeads, answerHeads, http2Requests, http2Answers, hpack, http2Growth, json, mediaTypes];

/** All targets together; `make check` has a few, `make fuzz` as many as it is told. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 10);
/** The same seed gives the same inputs in the same order. Unset: another one each time, and a failure names it. */
const SEED = process.env.FUZZ_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.FUZZ_SEED);
const TARGET_MS = (1000 * SECONDS) / TARGETS.length;
const FEW_INPUTS = 100;
/** What an input in which a fault was found is made smaller for. */
const SPARE_MS = 60_000;

/** What went wrong, the input that brought it about, and how to have it again. */
function reportOf({ numRuns, counterexample, errorInstance, counterexamplePath }: fc.RunDetails<[never]>): string {
  const input = inspect(counterexample, { depth: 8, maxStringLength: null, maxArrayLength: null });
  return `${String(errorInstance)}\ninput ${numRuns} of FUZZ_SEED=${SEED} (${counterexamplePath}): ${input}`;
}

describe(`fuzzing for ${SECONDS} s with the seed ${SEED}`, () => {
  test.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s',
    { timeout: TARGET_MS + SPARE_MS },
    async (name, { property, examples, seen }) => {
      const result = await fc.check(property, {
        seed: SEED,
        examples,
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: TARGET_MS,
        maxSkipsPerRun: 0,
      });
      if (result.counterexample) throw new Error(reportOf(result), { cause: result.errorInstance });
      process.stdout.write(`${name}: ${seen.inputs} inputs, of which ${seen.taken} were taken\n`);
      // Neither must be all there is; in a second a slow target has a few, which may be of one kind.
      if (seen.inputs < FEW_INPUTS) return;
      expect(seen.taken).toBeGreaterThan(0);
      expect(seen.taken).toBeLessThan(seen.inputs);
    },
  );
});
