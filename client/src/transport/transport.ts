import type { PipelineResponse } from '@flotilla/contracts';
import type { Answer } from '../answer.js';
import type { CallOptions } from '../call.js';
import type { Chunk } from '../plan.js';
import type { ClientError } from '../problems.js';

/** How texts travel to a fleet, as on the command line. */
export const transportNames = ['rest', 'grpc', 'connect'] as const;
export type TransportName = (typeof transportNames)[number];

/**
 * Carries texts to a fleet and its answers back. Its user need not know which it is: numbers, reports and errors
 * are the same. Each request in flight has a connection of its own, since one behind another would spoil the times.
 *
 * A method that takes a `url` makes one try at one address: a route of REST, whose origin is all that others need. It
 * throws NoAnswerError when nothing came, or not in time; ConnectionError when the connection is to blame; RefusedError,
 * with the status that REST has for it, when the fleet answers with an error.
 */
export interface Transport {
  readonly name: TransportName;
  /** Sends a part of a file to stage 1. */
  sendChunk(url: string, request: ChunkRequest, call: CallOptions): Promise<Answer>;
  /** Makes a text ready that stage 1 gets whole, again and again. */
  repeat(text: Uint8Array): RepeatedText;
  /** Has stage 4 write a report; it comes as it is. */
  writeReport(url: string, counts: MergedCounts, requestId: string, call: CallOptions): Promise<string>;
  /** Sends a text over and over, and only looks at whether it is answered. */
  load(request: LoadRequest, call: CallOptions): Promise<LoadFigures>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** A part of a file, and what is wanted of it. */
export interface ChunkRequest {
  readonly chunk: Chunk;
  /** Whether the answer shall hold the frequency of every word. */
  readonly isTableWanted: boolean;
  /**
   * Reads the text from the disk, in slices of whole code points, from its beginning each time. A slice is valid until
   * the next is asked for, unless they are to be kept.
   */
  slices(areKept: boolean): AsyncIterable<Buffer>;
  /** The error for a text that is longer or shorter than its chunk. */
  changed(): ClientError;
}

/** Sends a text once to an address of stage 1. */
export type RepeatedText = (url: string, requestId: string, call: CallOptions) => Promise<Answer>;

/** What a report says. */
export interface MergedCounts {
  readonly wordCount: number;
  readonly uniqueWords: number;
  readonly topWords: PipelineResponse['top_words'];
}

/** Load without a pause. */
export interface LoadRequest {
  /** Routes of stage 1. Each connection stays with one of them. */
  readonly urls: readonly string[];
  readonly text: Uint8Array;
  /** Connections, each with one request at a time. */
  readonly connections: number;
  readonly durationSeconds: number;
  /** Prefix of request ids. */
  readonly runId: string;
}

/** What came out of it. */
export interface LoadFigures {
  readonly seconds: number;
  /** Requests that were answered, and not with an error. */
  readonly requests: number;
  /** Milliseconds, as whole numbers: autocannon, which REST has, measures no finer. */
  readonly latencyMs: { readonly p50: number; readonly p97_5: number; readonly p99: number; readonly max: number };
  /** Connections that failed, and answers that did not come in time. */
  readonly connectionErrors: number;
  /** Answers that are errors. */
  readonly otherStatus: number;
}
