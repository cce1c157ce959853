import {
  collectDefaultMetrics,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import { DurationHistogram } from './duration-histogram.js';
import type { LogIdentity } from './log.js';

/** Upper bounds in seconds: from a cheap hop to a text of a gigabyte. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** How often the delay of the event loop is sampled, in ms. prom-client's 10 wake each idle process 100 times a second. */
const LOOP_DELAY_RESOLUTION_MS = 50;

type Labels = Readonly<Record<string, string>>;

/** A process's Prometheus metrics. */
export interface Metrics {
  readonly registry: Registry;
  /** Records one request. */
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  /** A metric whose values are kept elsewhere, and read when they are scraped. */
  observed(kind: 'counter' | 'gauge', name: string, help: string, read: () => readonly Sample[]): void;
  /** A histogram of durations in seconds; call it for that of some labels, and keep what it gives. */
  durations(name: string, help: string): (labels: Labels) => DurationHistogram;
}

/** One value of a metric. */
export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** Makes the metrics that every process has. Every series carries the process's identity. */
export function createMetrics(identity: LogIdentity): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: identity.service, instance_name: identity.instance, stage: identity.stage });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_RESOLUTION_MS });
  const durations: Metrics['durations'] = (name, help) => durationsIn(registry, name, help);
  const observed: Metrics['observed'] = (kind, name, help, read) => {
    const values = () => read().map(({ value, labels }) => ({ value, labels: labels ?? {} }));
    register(registry, kind, name, help, values);
  };
  const requests = durations('http_request_duration_seconds', 'Time from the first byte of a request to its answer.');
  const known = new Map<string, DurationHistogram>();
  const observeRequest: Metrics['observeRequest'] = (route, method, status, seconds) => {
    const key = `${route} ${method} ${status}`;
    const histogram = known.get(key) ?? requests({ route, method, status: String(status) });
    known.set(key, histogram);
    histogram.observe(seconds);
  };
  return { registry, observeRequest, observed, durations };
}

function durationsIn(registry: Registry, name: string, help: string): (labels: Labels) => DurationHistogram {
  const series = new Map<string, { labels: Labels; histogram: DurationHistogram }>();
  register(registry, 'histogram', name, help, () =>
    [...series.values()].flatMap(({ labels, histogram }) => valuesOf(name, labels, histogram)),
  );
  return (labels) => {
    const key = Object.values(labels).join(' ');
    const known = series.get(key);
    if (known) return known.histogram;
    const histogram = new DurationHistogram(DURATION_BUCKETS_SECONDS);
    series.set(key, { labels, histogram });
    return histogram;
  };
}

function valuesOf(name: string, labels: Labels, { counts, sumSeconds }: DurationHistogram): MetricValue<string>[] {
  let total = 0;
  const buckets = counts.map((count, n) => {
    total += count;
    const le = DURATION_BUCKETS_SECONDS[n] ?? '+Inf';
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total };
  });
  const ends = [
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: total },
  ];
  return [...buckets, ...ends] as MetricValue<string>[];
}

/**
 * prom-client's own metrics look a series up by its labels each time something happens, which costs more than anything
 * else that is done with a number. Ours are read where they are kept; all that its registry needs is this.
 */
function register(
  registry: Registry,
  type: 'counter' | 'gauge' | 'histogram',
  name: string,
  help: string,
  values: () => { value: number; labels: object }[],
): void {
  const get = async () =>
    ({ name, help, type, values: values(), aggregator: 'sum' }) as unknown as MetricObjectWithValues<
      MetricValue<string>
    >;
  registry.registerMetric({ name, help, type, get, reset: () => {} } as unknown as Metric<string>);
}
