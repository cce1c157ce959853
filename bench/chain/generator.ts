/**
 * The load generator, in a process of its own: asked with a LoadRequest, it answers with a LoadResult.
 *
 *     node generator.ts URL TEXTS TEXT_BYTES
 */
import { knownText } from '../../packages/chaos/dist/load/known-text.js';
import { answerQuestions } from '../measure/helper-process.ts';
import type { LoadRequest, LoadResult } from './load.ts';
import { ChainSender } from './sender.ts';

const [url, count, textBytes] = process.argv.slice(2) as [string, string, string];
const texts = Promise.all(Array.from({ length: Number(count) }, (_, n) => knownText(Number(textBytes), n + 1)));
const sender = texts.then((known) => new ChainSender(url, known));

answerQuestions<LoadRequest, LoadResult>(async (request) => (await sender).run(request));
