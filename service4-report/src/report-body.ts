import { type Analysis, analysis, FlotillaError } from '@flotilla/contracts';
import type { RequestContext } from '@flotilla/http-server';
import { JsonReader, jsonShape } from '@flotilla/json';
import { requestIdMember, takeRequestId } from '@flotilla/stage';
import { CountTable } from '@flotilla/text';

/** Room for a count in any notation. */
const MAX_COUNT_BYTES = 64;

/** What a reader of this body is limited by. */
export interface ReportLimits {
  readonly maxWordBytes: number;
  readonly maxUniqueWords: number;
}

/** Stage 4's body: the figures, and the whole table if it was asked for. */
export interface ReportInput {
  readonly figures: Analysis;
  readonly table: CountTable | undefined;
}

const figuresSchema = analysis.omit({ word_frequencies: true });

/** Reads `{ "analysis": …, "request_id": … }` in pieces. A table that was not asked for is checked and dropped. */
export class ReportBodyReader {
  readonly #reader: JsonReader;
  readonly #figures: Record<string, unknown> = {};
  readonly #wantsTable: boolean;
  #table: CountTable | undefined;

  constructor(limits: ReportLimits, wantsTable: boolean, context: RequestContext) {
    this.#wantsTable = wantsTable;
    this.#reader = new JsonReader(shapeFor(limits), {
      request_id: takeRequestId(context),
      analysis: {
        members: {
          word_count: this.#take('word_count'),
          unique_words: this.#take('unique_words'),
          top_words: this.#take('top_words'),
          word_frequencies: this.#tableSink(limits),
        },
      },
    });
  }

  /** Memory of the table so far, in bytes. */
  get heldBytes(): number {
    return this.#table?.heldBytes ?? 0;
  }

  write(chunk: Uint8Array): void {
    this.#reader.write(chunk);
  }

  /** @throws JsonError or FlotillaError if the body is not what stage 4 takes. */
  end(): ReportInput {
    this.#reader.end();
    const checked = figuresSchema.safeParse(this.#figures);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const path = ['analysis', ...(issue?.path ?? [])].join('.');
      throw new FlotillaError('FLT_INVALID_REQUEST', `${path}: ${issue?.message}.`);
    }
    if (this.#wantsTable && !this.#table) {
      const reason = 'analysis.word_frequencies is missing; include=frequencies gives it back.';
      throw new FlotillaError('FLT_INVALID_REQUEST', reason);
    }
    return { figures: checked.data, table: this.#table };
  }

  #take(name: keyof Analysis): (value: unknown) => void {
    return (value) => {
      this.#figures[name] = value;
    };
  }

  #tableSink(limits: ReportLimits) {
    if (!this.#wantsTable) return { entry: () => {} };
    return {
      begin: () => {
        this.#table = new CountTable(limits);
      },
      entry: (bytes: Uint8Array, start: number, end: number, count: number) => {
        this.#table?.add(bytes, start, end, count);
      },
    };
  }
}

let compiled: { limits: ReportLimits; shape: ReturnType<typeof compile> } | undefined;

/** A process has one set of limits, so one shape serves all of its requests. */
function shapeFor(limits: ReportLimits) {
  if (compiled?.limits !== limits) compiled = { limits, shape: compile(limits) };
  return compiled.shape;
}

function compile({ maxWordBytes }: ReportLimits) {
  const count = { kind: 'value', maxBytes: MAX_COUNT_BYTES } as const;
  return jsonShape({
    request_id: requestIdMember,
    analysis: {
      kind: 'object',
      members: {
        word_count: count,
        unique_words: count,
        // Ten words of the longest kind, each byte escaped.
        top_words: { kind: 'value', maxBytes: 10 * 6 * maxWordBytes },
        word_frequencies: { kind: 'counts', maxKeyBytes: maxWordBytes },
      },
    },
  });
}
