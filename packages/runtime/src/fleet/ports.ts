import { connect, createServer } from 'node:net';
import { type FleetDefinition, localProcesses, type PlacedProcess } from '@flotilla/topology';
import { FleetError } from './fleet-error.js';
import { portHolder } from './port-holder.js';
import { waitFor } from './wait-for.js';

/** Where the fleet listens, and where its processes dial each other. */
const LOOPBACK = '127.0.0.1';
const CONNECT_TIMEOUT_MS = 500;
/** How long a port is waited for that an outgoing connection of the machine has: those within a fleet are short. */
const CONNECTION_PATIENCE_MS = 5000;

/** Below it a port of the table plus the offset stays out of what systems hand to outgoing connections. */
const MAX_OFFSET = 24_000;
const MIN_OFFSET = 1000;
/** More than the span of the pipeline's ports, so that two of them at different offsets have no port in common. */
const OFFSET_STEP = 50;
const TRIES = 100;

/** Whether a process of a fleet could listen on a port of this machine now. */
async function isPortFree(port: number, host: string): Promise<boolean> {
  // macOS lets one listen on an address beside another that listens on all addresses; a connection tells.
  return (await canListen(port, host)) && (process.platform !== 'darwin' || !(await canConnect(port, LOOPBACK)));
}

/** Those of the ports that are taken, in the order given. @param host - the address to listen on. */
export async function busyPorts(ports: readonly number[], host: string = LOOPBACK): Promise<number[]> {
  const free = await Promise.all(ports.map((port) => isPortFree(port, host)));
  return ports.filter((_, index) => !free[index]);
}

/** As {@link busyPorts}; one that an outgoing connection has, while nothing listens on it, is waited for a while. */
async function busyForLong(ports: readonly number[], host: string = LOOPBACK): Promise<number[]> {
  let busy = await busyPorts(ports, host);
  const isSettled = async () => {
    const listeners = await Promise.all(busy.map((port) => canConnect(port, host)));
    if (listeners.some(Boolean)) return true;
    busy = await busyPorts(busy, host);
    return busy.length === 0;
  };
  if (busy.length > 0) await waitFor(isSettled, CONNECTION_PATIENCE_MS);
  return busy;
}

/** How a runtime looks at ports. */
export interface PortQuestion {
  /** The address that the fleet listens on. Default: this machine's own. */
  readonly host?: string;
  /** Who has a port, where the runtime knows better than the system. */
  readonly holderOf?: (port: number) => string | undefined;
  /** What stands before the offset at which the fleet could stand. Default: for a fleet that is local anyway. */
  readonly advice?: string;
}

/**
 * Makes sure that every process of a fleet has its port.
 *
 * @throws FleetError naming each busy port, the process that wants it, who has it, and an offset that is free.
 */
export async function requirePorts(
  definition: FleetDefinition,
  processes: readonly Pick<PlacedProcess, 'name' | 'ports'>[],
  { host, holderOf, advice = 'set' }: PortQuestion = {},
): Promise<void> {
  const busy = await busyForLong(
    processes.flatMap(({ ports }) => ports),
    host,
  );
  if (busy.length === 0) return;
  const lines = busy.map(async (port) => {
    const wanted = processes.find(({ ports }) => ports.includes(port))?.name;
    return `port ${port} (${wanted}) is in use by ${holderOf?.(port) ?? (await describeHolder(port))}`;
  });
  throw new FleetError([...(await Promise.all(lines)), await hintOf(definition, advice)].join('\n'));
}

async function hintOf(definition: FleetDefinition, advice: string): Promise<string> {
  for (const portOffset of roundOffsets()) {
    if (await isOffsetFree(definition, portOffset)) {
      return `Free it, or ${advice} FLOTILLA_PORT_OFFSET=${portOffset} to stand beside it.`;
    }
  }
  return `Free it: at no round FLOTILLA_PORT_OFFSET up to ${MAX_OFFSET} is there room either.`;
}

/** 0, 1000, 2000, …: offsets that a person can remember. */
function* roundOffsets(): Generator<number> {
  for (let portOffset = 0; portOffset <= MAX_OFFSET; portOffset += MIN_OFFSET) yield portOffset;
}

async function isOffsetFree(definition: FleetDefinition, portOffset: number): Promise<boolean> {
  const ports = localProcesses(definition, { portOffset }).flatMap((process) => process.ports);
  return (await busyPorts(ports)).length === 0;
}

/** `pid 4711: python3 -m http.server 8061`, as far as the system tells. */
async function describeHolder(port: number): Promise<string> {
  const holder = await portHolder(port);
  return holder ? `pid ${holder.pid}: ${holder.command}` : 'a process that the system does not name';
}

/**
 * An offset at which every port of a fleet is free now. Random, so that fleets started at the same time by different
 * processes hardly ever meet.
 *
 * @param definition - with all that its options can add, if it shall be good for that as well.
 * @throws FleetError after a hundred tries.
 */
export async function freePortOffset(definition: FleetDefinition): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const steps = Math.floor((Math.random() * (MAX_OFFSET - MIN_OFFSET)) / OFFSET_STEP);
    const portOffset = MIN_OFFSET + steps * OFFSET_STEP;
    if (await isOffsetFree(definition, portOffset)) return portOffset;
  }
  throw new FleetError(`found no ${MAX_OFFSET - MIN_OFFSET} ports with room for a fleet`);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function canConnect(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === '0.0.0.0' ? LOOPBACK : host, port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
    socket.on('timeout', () => settle(false));
  });
}
