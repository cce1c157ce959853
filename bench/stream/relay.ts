import { join } from 'node:path';
import type { FleetProcess } from '../measure/fleet.ts';
import { freePorts } from '../measure/free-ports.ts';
import { startProcess } from '../measure/started-process.ts';

/** As many as there are balancers and services on a text's way. */
const HOPS = 8;

/** A relay that stands. */
export interface Relay {
  readonly url: string;
  readonly processes: readonly FleetProcess[];
  end(): Promise<void>;
}

/**
 * Starts as many processes as a text passes through, which pass it on and do nothing else: what the way costs by itself.
 *
 * @param folder - for their output.
 */
export async function startRelay(folder: string): Promise<Relay> {
  const ports = await freePorts(HOPS);
  await using started = new AsyncDisposableStack();
  const processes: FleetProcess[] = [];
  for (const [index, port] of ports.entries()) {
    const next = ports[index + 1];
    const parameters = [join(import.meta.dirname, 'relay-hop.ts'), String(port), ...(next ? [String(next)] : [])];
    const name = `relay${index + 1}`;
    const hop = await startProcess({ name, program: process.execPath, parameters, port, folder });
    started.defer(() => hop.end());
    processes.push({ name, role: 'balancer', pid: hop.pid });
  }
  const running = started.move();
  return { url: `http://127.0.0.1:${ports[0]}/process`, processes, end: () => running.disposeAsync() };
}
