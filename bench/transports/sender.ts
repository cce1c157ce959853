/**
 * Sends texts over one transport as the client does, in a process of its own: asked with a Question, it answers with a
 * LoadResult.
 *
 *     node sender.ts TRANSPORT URL
 */
import { openDispatcher } from '../../client/dist/http.js';
import { openTransport } from '../../client/dist/transport/open.js';
import type { TransportName } from '../../client/dist/transport/transport.js';
import type { LoadResult } from '../chain/load.ts';
import { answerQuestions } from '../measure/helper-process.ts';
import { sendLargeText } from './large-text.ts';
import type { Question } from './question.ts';
import { SmallTextLoad } from './small-texts.ts';

const [name, url] = process.argv.slice(2) as [TransportName, string];
const transport = openTransport(name, openDispatcher());
const loads = new Map<number, Promise<SmallTextLoad>>();

/** The texts of a size are made once. */
async function loadOf(textBytes: number): Promise<SmallTextLoad> {
  const load = loads.get(textBytes) ?? SmallTextLoad.make(await transport, url, textBytes);
  loads.set(textBytes, load);
  return load;
}

answerQuestions<Question, LoadResult>(async (question) => {
  if (question.kind === 'large text') return sendLargeText(await transport, url, question);
  return (await loadOf(question.textBytes)).run(question);
});
