import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type LabelValues, Registry } from 'prom-client';
import type { LogIdentity } from './log.js';

/** Upper bounds in seconds: from a cheap hop to a text of a gigabyte. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** A process's Prometheus metrics. */
export interface Metrics {
  readonly registry: Registry;
  /** Records one request. */
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  /** A counter that is counted up as things happen. */
  counter(name: string, help: string, labelNames: readonly string[]): { inc(labels: Record<string, string>): void };
  /** A metric whose values are kept elsewhere, and read when somebody asks. */
  observed(kind: 'counter' | 'gauge', name: string, help: string, read: () => readonly Sample[]): void;
}

/** One value of a metric. */
interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Makes the metrics that every process has. Every series carries the process's identity. */
export function createMetrics(identity: LogIdentity): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: identity.service, instance_name: identity.instance, stage: identity.stage });
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  });
  const observeRequest: Metrics['observeRequest'] = (route, method, status, seconds) =>
    duration.observe({ route, method, status }, seconds);
  const counter: Metrics['counter'] = (name, help, labelNames) =>
    new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  const observed: Metrics['observed'] = (kind, name, help, read) => {
    const labelNames = [...new Set(read().flatMap((sample) => Object.keys(sample.labels ?? {})))];
    const options = { name, help, labelNames, registers: [registry] };
    const metric = kind === 'gauge' ? new Gauge(options) : new Counter(options);
    // `reset` and `inc` are what a counter has; on a gauge they come to the same as `set`.
    Object.assign(metric, {
      collect: () => {
        metric.reset();
        for (const { labels, value } of read()) metric.inc((labels ?? {}) as LabelValues<string>, value);
      },
    });
  };
  return { registry, observeRequest, counter, observed };
}

/** `/metrics` in the Prometheus text format. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}
