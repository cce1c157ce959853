import { readFile } from 'node:fs/promises';
import { cannotRead, kindAt } from './find-text.js';
import type { InstanceWork } from './instance-work.js';
import type { Machine } from './machine.js';
import { ClientError, type ErrorReport } from './problems.js';
import type { Summary } from './quantiles.js';
import type { TransportName } from './transport/transport.js';

const FORMAT = 'flotilla-benchmark/1';

/** A benchmark's result, as it is kept in a file. */
export interface BenchmarkDocument {
  readonly format: typeof FORMAT;
  /** ISO 8601. */
  readonly made_at: string;
  readonly machine: Machine;
  readonly url: string;
  readonly fleet: 'parallel' | 'sequential' | 'unknown';
  /** Absent in results that were kept before there was a choice: rest. */
  readonly transport?: TransportName;
  /** Small requests before the measurement. */
  readonly warm_up: number;
  readonly file: string;
  readonly size_bytes: number;
  readonly batches: BatchDocument;
  /** Empty where there are no balancers to tell it. */
  readonly instances: readonly InstanceWork[];
  /** Empty when it was left out. */
  readonly sustained: readonly SustainedDocument[];
}

export interface BatchDocument {
  readonly iterations: number;
  readonly batch: number;
  /** Null: no request succeeded. */
  readonly latency_ms: Summary | null;
  readonly wall_ms: number;
  readonly requests_per_s: number;
  readonly megabytes_per_s: number;
  readonly parallel_efficiency: number;
  readonly success_rate: number;
  readonly errors: readonly ErrorReport[];
}

export interface SustainedDocument {
  readonly connections: number;
  readonly seconds: number;
  readonly requests: number;
  readonly requests_per_s: number;
  readonly latency_ms: { readonly p50: number; readonly p97_5: number; readonly p99: number; readonly max: number };
  readonly connection_errors: number;
  readonly other_status: number;
  readonly wrong_answer: ErrorReport | null;
}

/** Completes a document. */
export function benchmarkDocument(members: Omit<BenchmarkDocument, 'format'>): BenchmarkDocument {
  return { format: FORMAT, ...members };
}

/** @throws ClientError when the file is not the result of a benchmark. */
export async function readBenchmark(file: string): Promise<BenchmarkDocument> {
  const kind = await kindAt(file);
  if (kind !== 'file') throw new ClientError(`${file} is a ${kind}, and no file`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw cannotRead(file, error);
  });
  const document = tryParse(text);
  if (document?.format === FORMAT) return document;
  throw new ClientError(`${file} is not the result of a benchmark`, 'Make one: flotilla benchmark --save FILE');
}

function tryParse(text: string): BenchmarkDocument | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
