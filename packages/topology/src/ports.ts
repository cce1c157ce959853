/**
 * The ports of all fleets: no two processes share one, whichever fleets run at once. What a fleet has here but no
 * process yet is kept for it.
 */
export const reservedPorts = {
  pipeline: span(8051, 8074),
  /** The registry, Redis, and workers. */
  workers: [5000, 6379, ...span(8081, 8089)],
  /** The balancer, two servers, the primary database and its replica. */
  polls: [8080, 50_051, 50_052, 5432, 5433],
  /** HTTP of the first server, the balancer, the ledger, two servers, three brokers and their controllers. */
  sums: [8090, 9091, 9093, 9094, 9095, 9092, 9096, 9097, 19_093, 19_094, 19_095],
  console: [8100],
  /** Prometheus, Grafana, Loki, Tempo, and OTLP over gRPC and HTTP. */
  telemetry: [9090, 3000, 3100, 3200, 4317, 4318],
  /** Instances beyond the table's, of whatever fleet. */
  additional: span(8101, 8299),
} as const satisfies Record<string, readonly number[]>;

function span(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * What FLOTILLA_PORT_OFFSET moves all fleets into: the ports from 8000 + offset to 8535 + offset. Those of the table that
 * are in 8000–8499 keep their place in it; all others are folded behind them, in the order of the table, since many of
 * them would be no ports any more with an offset added.
 */
const BLOCK = { first: 8000, lastKept: 8499, firstFolded: 8500, firstUnlisted: 8525, last: 8535 } as const;
/** Of a port of TCP. */
const MAX_PORT = 65_535;
/** The largest offset that leaves the block where ports are. */
export const MAX_PORT_OFFSET = MAX_PORT - BLOCK.last;

/** By port of the table, where it goes in the block. */
const foldedPorts: ReadonlyMap<number, number> = new Map(
  Object.values(reservedPorts)
    .flat()
    .filter((port) => !isInBlock(port))
    .map((port, index) => [port, BLOCK.firstFolded + index]),
);

function isInBlock(port: number): boolean {
  return port >= BLOCK.first && port <= BLOCK.lastKept;
}

/**
 * Where the ports of a fleet go.
 *
 * @param ports - of the table. One that is not in it, and not in 8000–8499, is folded behind those that are.
 * @param portOffset - 0 leaves all where they are.
 */
export function movedPorts(ports: readonly number[], portOffset: number): ReadonlyMap<number, number> {
  if (portOffset === 0) return new Map(ports.map((port) => [port, port]));
  const unlisted = ports.filter((port) => !isInBlock(port) && !foldedPorts.has(port)).sort((a, b) => a - b);
  const placeOf = (port: number) => {
    if (isInBlock(port)) return port;
    return foldedPorts.get(port) ?? BLOCK.firstUnlisted + unlisted.indexOf(port);
  };
  return new Map(ports.map((port) => [port, placeOf(port) + portOffset]));
}
