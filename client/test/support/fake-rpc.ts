import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { FlotillaError, problemBody, rpcStatusOf } from '@flotilla/contracts';
import {
  ReportService,
  type TextChunk,
  TextInputService,
  type TextRequest,
  type WordFrequency,
} from '@flotilla/contracts/rpc';
import type { Fault, Game, Seen } from './fake-fleet.js';
import { naiveAnalysis, naiveCount, reportAnswer } from './naive-count.js';

/** What befalls the connection of a call. */
export interface Connection {
  /** Cuts it at once. */
  cut(): void;
  /** Cuts it in the middle of the answer. */
  cutInAnswer(): void;
}

/** The services of stages 1 and 4, for gRPC and Connect. */
export function rpcRoutes(game: Game, connectionOf: (context: HandlerContext) => Connection) {
  return (router: ConnectRouter): void => {
    router.service(TextInputService, {
      receiveText: (request, context) => answer(game, request, [], context, connectionOf(context)),
      receiveTextStream: async (chunks, context) => {
        const { request, pieces } = await joined(chunks, game);
        return answer(game, request, pieces, context, connectionOf(context));
      },
    });
    router.service(ReportService, {
      generateReport: ({ wordFrequencies, totalWords, uniqueWords }) => {
        const top_words = wordFrequencies.map(({ word, count }) => [word, count] as const);
        return reportAnswer({ word_count: totalWords, unique_words: uniqueWords, top_words });
      },
    });
  };
}

async function joined(chunks: AsyncIterable<TextChunk>, game: Game) {
  const texts: Uint8Array[] = [];
  let first: TextChunk | undefined;
  for await (const chunk of chunks) {
    first ??= chunk;
    if (game.refusesEarly) throw problem({ code: 'FLT_WORD_TOO_LONG' }, first.requestId);
    texts.push(chunk.text);
    await game.held;
  }
  const { requestId = '', includeFrequencies = false } = first ?? {};
  const text = Buffer.concat(texts).toString();
  return { request: { text, requestId, includeFrequencies }, pieces: texts.map(({ length }) => length) };
}

async function answer(
  game: Game,
  { text, requestId, includeFrequencies }: Pick<TextRequest, 'text' | 'requestId' | 'includeFrequencies'>,
  pieces: Seen['pieces'],
  context: HandlerContext,
  connection: Connection,
) {
  const headerId = context.requestHeader.get('x-request-id') ?? undefined;
  const way = context.protocolName;
  game.seen.push({ way, text, requestId, headerId, bodyBytes: Buffer.byteLength(text), pieces });
  const fault = game.faults.shift();
  if (fault === 'reset') connection.cut();
  if (fault === 'hang' || fault === 'reset') return aborted(context.signal);
  if (typeof fault === 'object') throw problem(fault, requestId);
  if (fault === 'reset-in-answer') connection.cutInAnswer();
  context.responseHeader.set('x-served-by', 'service1a, service2b, service3c, service4d');
  const table = naiveCount(fault === 'lose-a-word' ? text.replace(/^\s*\S+/, '') : text);
  const { word_count, unique_words, top_words } = naiveAnalysis(table);
  return {
    ...reportAnswer({ word_count, unique_words, top_words }),
    wordCount: fault === 'miscount' ? word_count + 1 : word_count,
    uniqueWords: unique_words,
    topWords: frequencies(top_words),
    wordFrequencies: includeFrequencies ? frequencies([...table]) : [],
  };
}

function frequencies(words: readonly (readonly [string, number])[]): Omit<WordFrequency, '$typeName'>[] {
  return words.map(([word, count]) => ({ word, count }));
}

/** Rejects when the caller has gone. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const gone = () => reject(new ConnectError('the caller has gone', Code.Aborted));
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone, { once: true });
  });
}

function problem({ code, retryAfter }: Extract<Fault, object>, requestId: string): ConnectError {
  const error = new FlotillaError(code);
  const metadata = { 'x-flotilla-code': code, 'x-request-id': requestId };
  return new ConnectError(problemBody(error).detail, rpcStatusOf(error).code, {
    ...metadata,
    ...(retryAfter ? { 'retry-after': retryAfter } : {}),
  });
}
