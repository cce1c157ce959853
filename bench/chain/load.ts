/** Requests one after another on each of some connections. */
export interface LoadRequest {
  readonly connections: number;
  /** It ends when the time is over, and all are answered. */
  readonly seconds: number;
  /** It ends earlier when so many were sent. */
  readonly maxRequests?: number;
}

/** What the load generator counted. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Connections that failed or broke, answers that did not come in time or with another status than 200. */
  readonly failed: number;
  /** Answers of status 200 that are not right. */
  readonly wrong: number;
  /** A few of what failed or was wrong. */
  readonly examples: readonly string[];
  /** Processor time of the generator itself. */
  readonly generatorCpuNs: number;
}
