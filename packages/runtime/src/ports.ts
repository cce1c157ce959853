import { connect, createServer } from 'node:net';
import { type FleetDefinition, localProcesses, type PlacedProcess } from '@flotilla/topology';
import { FleetError } from './fleet-error.js';
import { portHolder } from './port-holder.js';

/** Where the fleet listens, and where its processes dial each other. */
const LOOPBACK = '127.0.0.1';
const CONNECT_TIMEOUT_MS = 500;
const OFFSET_HINT = 'Free it, or set FLOTILLA_PORT_OFFSET=1000 to stand beside it.';

/** Whether a process of a fleet could listen on a port of this machine now. */
async function isPortFree(port: number, host: string): Promise<boolean> {
  // macOS lets one listen on an address beside another that listens on all addresses; a connection tells.
  return (await canListen(port, host)) && (process.platform !== 'darwin' || !(await canConnect(port)));
}

/** Those of the ports that are taken, in the order given. @param host - the address to listen on. */
export async function busyPorts(ports: readonly number[], host: string = LOOPBACK): Promise<number[]> {
  const free = await Promise.all(ports.map((port) => isPortFree(port, host)));
  return ports.filter((_, index) => !free[index]);
}

/** How a runtime looks at ports. */
export interface PortQuestion {
  /** The address that the fleet listens on. Default: this machine's own. */
  readonly host?: string;
  /** Who has a port, where the runtime knows better than the system. */
  readonly holderOf?: (port: number) => string | undefined;
  /** What helps. Default: another place for a local fleet. */
  readonly hint?: string;
}

/**
 * Makes sure that every process of a fleet has its port.
 *
 * @throws FleetError naming each busy port, the process that wants it, and who has it.
 */
export async function requirePorts(
  processes: readonly Pick<PlacedProcess, 'name' | 'ports'>[],
  { host, holderOf, hint = OFFSET_HINT }: PortQuestion = {},
): Promise<void> {
  const busy = await busyPorts(
    processes.flatMap(({ ports }) => ports),
    host,
  );
  if (busy.length === 0) return;
  const lines = busy.map(async (port) => {
    const wanted = processes.find(({ ports }) => ports.includes(port))?.name;
    return `port ${port} (${wanted}) is in use by ${holderOf?.(port) ?? (await describeHolder(port))}`;
  });
  throw new FleetError([...(await Promise.all(lines)), hint].join('\n'));
}

/** `pid 4711: python3 -m http.server 8061`, as far as the system tells. */
async function describeHolder(port: number): Promise<string> {
  const holder = await portHolder(port);
  return holder ? `pid ${holder.pid}: ${holder.command}` : 'a process that the system does not name';
}

/** Below it a port of the table plus the offset stays out of what systems hand to outgoing connections. */
const MAX_OFFSET = 24_000;
const MIN_OFFSET = 1000;
/** More than the span of the pipeline's ports, so that two of them at different offsets have no port in common. */
const OFFSET_STEP = 50;
const TRIES = 100;

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
    const ports = localProcesses(definition, { portOffset }).flatMap((process) => process.ports);
    if ((await busyPorts(ports)).length === 0) return portOffset;
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

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
    socket.on('timeout', () => settle(false));
  });
}
