import { countLocally, type Expected, requireExpected } from '@flotilla/client/expected';
import { generateText } from '@flotilla/dataset';
import { runClosedLoop } from '../../client/dist/transport/closed-loop.js';
import type { RepeatedText, Transport } from '../../client/dist/transport/transport.js';
import type { LoadResult } from '../chain/load.ts';
import { Tally } from '../chain/tally.ts';
import { timed } from '../measure/timed.ts';
import type { SmallTexts } from './question.ts';

const TRY_TIMEOUT_MS = 30_000;
const MAX_TEXTS = 512;
/** Of all texts of a size together: making and counting them takes time as well. */
const MAX_TOTAL_BYTES = 8_000_000;

interface ReadyText {
  readonly send: RepeatedText;
  readonly expected: Expected;
}

/** Sustained load of different texts of one size, whose answers are checked. */
export class SmallTextLoad {
  readonly #url: string;
  readonly #texts: readonly ReadyText[];
  #next = 0;
  #runs = 0;

  private constructor(url: string, texts: readonly ReadyText[]) {
    this.#url = url;
    this.#texts = texts;
  }

  static async make(transport: Transport, url: string, textBytes: number): Promise<SmallTextLoad> {
    const count = Math.max(2, Math.min(MAX_TEXTS, Math.floor(MAX_TOTAL_BYTES / textBytes)));
    const texts: ReadyText[] = [];
    for (let seed = 1; seed <= count; seed++) {
      const text = Buffer.concat([...generateText({ sizeBytes: textBytes, seed })]);
      texts.push({ send: transport.repeat(text), expected: await countLocally([text]) });
    }
    return new SmallTextLoad(url, texts);
  }

  /** It ends when the time is over, and all are answered: what is cancelled would cost the fleet, and not be counted. */
  async run({ connections, seconds: durationSeconds }: Omit<SmallTexts, 'kind' | 'textBytes'>): Promise<LoadResult> {
    const tally = new Tally();
    const send: RepeatedText = async (url, requestId, { timeoutMs }) => {
      const { send: sendText, expected } = this.#texts[this.#next++ % this.#texts.length] as ReadyText;
      const sentMs = performance.now();
      // The signal, with which the loop cancels what is late, is left out. Times and errors are counted here: the loop's
      // are in whole milliseconds, and without what is wrong.
      const answer = await sendText(url, requestId, { timeoutMs }).catch((error: unknown) => {
        tally.failed(`${requestId}: ${messageOf(error)}`);
      });
      if (!answer) return NO_ANSWER;
      tally.answered(performance.now() - sentMs);
      const wrong = wrongIn(answer, expected);
      if (wrong !== undefined) tally.wrong(`${requestId}: ${wrong}`);
      return answer;
    };
    // Each connection stays with its address: there is one.
    const request = { urls: [this.#url], text: NO_TEXT, connections, durationSeconds, runId: `bench-${++this.#runs}` };
    const { result, cpuNs } = await timed(() => runClosedLoop(request, send, { timeoutMs: TRY_TIMEOUT_MS }));
    return { ...tally.result(), seconds: result.seconds, generatorCpuNs: cpuNs };
  }
}

/** The loop sends what `send` has. */
const NO_TEXT = new Uint8Array(0);
const NO_ANSWER = { wordCount: 0, report: '', topWords: [], servedBy: [] };

/** What is wrong with an answer; undefined: nothing. */
function wrongIn(answer: Expected, expected: Expected): string | undefined {
  try {
    requireExpected(answer, expected);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
