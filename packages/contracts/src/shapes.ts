import { z } from 'zod';

/** Most characters of a `request_id`. */
export const MAX_REQUEST_ID_LENGTH = 200;

/** Most pairs that `top_words` holds in an answer. */
export const TOP_WORDS = 10;

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

/** A word and how often it occurs. */
export const wordCount = z.tuple([z.string(), count]).meta({ id: 'WordCount' });

export const requestId = z
  .string()
  .max(MAX_REQUEST_ID_LENGTH)
  .meta({ description: 'Any string up to 200 characters; it comes back in the answer.' });

/** Body of `/process`, `/preprocess` and `/analyze`. */
export const textRequest = z
  .object({ text: z.string(), request_id: requestId.nullish() })
  .meta({ id: 'TextRequest', description: 'A text. An empty or blank one is valid: 0 words.' });

export const wordFrequencies = z
  .record(z.string(), count)
  .meta({ id: 'WordFrequencies', description: 'Every word with its count.' });

/** What stage 3 finds out about a text. */
export const analysis = z
  .object({
    word_count: count,
    unique_words: count,
    top_words: z.array(wordCount),
    word_frequencies: wordFrequencies.optional(),
  })
  .meta({ id: 'Analysis' });

/** Body of `/report`. */
export const reportRequest = z.object({ analysis, request_id: requestId.nullish() }).meta({ id: 'ReportRequest' });

/** What every stage answers: it comes from stage 4, and passes through the others as bytes. */
export const pipelineResponse = z
  .object({
    status: z.literal('success'),
    message: z.string(),
    request_id: requestId.optional(),
    word_count: count,
    report: z
      .string()
      .meta({ description: 'A text for people: totals, unique words, the top ten with count and share.' }),
    top_words: z.array(wordCount).max(TOP_WORDS).meta({ description: 'At most ten, most frequent first.' }),
    unique_words: count.optional(),
    word_frequencies: wordFrequencies.optional().meta({ description: 'With `?include=frequencies`.' }),
  })
  .meta({ id: 'PipelineResponse' });

/** Query of the four stage routes. */
export const stageQuery = z.object({
  include: z.literal('frequencies').optional().meta({
    description: 'Adds the whole table `word_frequencies` to the answer.',
  }),
});

export const health = z.object({ status: z.literal('healthy'), service: z.string() }).meta({ id: 'Health' });

export const liveness = z.object({ status: z.literal('live'), service: z.string() }).meta({ id: 'Liveness' });

export const readiness = z
  .object({ status: z.enum(['ready', 'starting', 'draining']), service: z.string() })
  .meta({ id: 'Readiness' });

/** What an instance can be at the moment. */
export const instanceStates = ['usable', 'slow_start', 'unhealthy', 'ejected', 'draining'] as const;

/** One instance's part of `/stats`. */
export const instanceStats = z
  .object({
    requests: count.meta({ description: 'Attempts sent to this instance.' }),
    errors: count.meta({ description: 'Attempts that failed there: connection error, time-out, or 5xx of its own.' }),
    in_flight: count.meta({ description: 'Attempts under way.' }),
    success_rate: z.number().min(0).max(1).nullable().meta({
      description:
        'Share of the attempts that did not fail, of those that ended and were not cancelled; null before there is one.',
    }),
    latency_ms: z
      .object({ p50: milliseconds, p90: milliseconds, p99: milliseconds })
      .nullish()
      .meta({ description: 'Of the answers of the last minute or two; null if there were none.' }),
    state: z.enum(instanceStates).optional().meta({
      description:
        'usable, or in slow_start: it gets a share; unhealthy or ejected: asked only in panic or when all others have failed; draining: not asked.',
    }),
    health: z.enum(['unknown', 'healthy', 'unhealthy']).optional().meta({ description: 'What its health checks say.' }),
    weight: z.number().positive().optional(),
    connections: count.optional().meta({ description: 'Open connections to it.' }),
    ejections: z.record(z.string(), count).optional().meta({ description: 'How often it was ejected, by reason.' }),
    ejected: z
      .object({ reason: z.string(), remaining_ms: milliseconds })
      .nullish()
      .meta({ description: 'Why it is ejected now, and for how long still; null if it is not.' }),
  })
  .meta({ id: 'InstanceStats' });

/** Counts of requests, and of attempts that are not one instance's. */
const statsTotals = z.object({
  client_requests: count.meta({ description: 'Requests of clients that reached an instance.' }),
  retries: count.meta({ description: 'Attempts beyond the first of their request.' }),
  exhausted: count.meta({ description: 'Requests for which every instance was tried, and failed.' }),
  cancelled: count.meta({ description: 'Requests whose client left before its answer was whole.' }),
  later_tries: count.optional().meta({ description: 'Of the retries, those after every instance had been asked.' }),
  hedges: count.optional().meta({ description: 'Of the retries, those beside a slow attempt.' }),
  moved_tries: count.optional().meta({ description: 'Attempts taken away from an instance that had gone silent.' }),
  budget_overflows: count.optional().meta({ description: 'Attempts that the retry budget did not allow.' }),
  panic_picks: count.optional().meta({ description: 'Attempts while too few instances were usable.' }),
  spare_picks: count.optional().meta({ description: 'Attempts on unhealthy or ejected ones, as a last resort.' }),
  queued: count.optional().meta({ description: 'Requests that had to wait.' }),
  queue_timeouts: count.optional().meta({ description: 'Of those, the ones that waited too long.' }),
  refused: count.optional().meta({ description: 'Requests for which there was no room to wait.' }),
  shed: count.optional().meta({ description: 'Requests refused since the process could not keep up.' }),
  former_requests: count.optional().meta({ description: 'Attempts sent to instances that are not listed any more.' }),
  former_errors: count.optional().meta({ description: 'Of those, the ones that failed there.' }),
});

/**
 * `GET /stats` of a balancer. Over all instances, `requests` is `totals.client_requests` + `totals.retries`, less
 * `totals.former_requests`.
 */
export const stats = z
  .object({
    instances: z.array(z.string()).meta({ description: 'Every configured instance, in configured order.' }),
    stats: z.record(z.string(), instanceStats),
    totals: statsTotals,
    strategy: z.string().optional(),
    panic: z.boolean().optional().meta({ description: 'Whether all are asked, since too few are usable.' }),
    queue: z.object({ pending: count, limit: count }).optional().meta({ description: 'Requests that wait.' }),
    retry_budget: z.object({ held: count, limit: count }).optional(),
    hedge_delay_ms: milliseconds.nullish().meta({
      description: 'After which time a second instance is asked as well; null: never, or not enough is known yet.',
    }),
    replay_bytes: count.optional().meta({ description: 'Bytes of bodies kept so that they can be sent again.' }),
  })
  .meta({ id: 'Stats' });

/** RFC 9457 problem details, with the catalogue's code. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What is wrong, and what mends it.' }),
    code: z.string().regex(/^FLT_[A-Z0-9_]+$/),
    request_id: z.string().optional(),
    failed_stage: z.string().optional(),
    attempts: z
      .array(z.object({ instance: z.string(), outcome: z.string() }))
      .optional()
      .meta({ description: 'What a balancer tried, in order.' }),
  })
  .meta({ id: 'Problem' });

export type WordCount = z.infer<typeof wordCount>;
export type TextRequest = z.infer<typeof textRequest>;
export type Analysis = z.infer<typeof analysis>;
export type ReportRequest = z.infer<typeof reportRequest>;
export type PipelineResponse = z.infer<typeof pipelineResponse>;
export type InstanceStats = z.infer<typeof instanceStats>;
export type Stats = z.infer<typeof stats>;
export type Problem = z.infer<typeof problem>;
