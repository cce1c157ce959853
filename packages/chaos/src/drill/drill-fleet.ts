import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyPorts, FleetError, freePortOffset, type LocalFleet, startFleet } from '@flotilla/runtime';
import { instancesVariable, localProcesses, type PlacedProcess, pipeline, stageNumbered } from '@flotilla/topology';
import { FaultProxy } from '../fault-proxy/fault-proxy.js';

/** Behind a fleet's own ports, and before those of the next offset. */
const FIRST_PROXY_PORT = 8076;
const LAST_PROXY_PORT = 8100;

/** Twice the usual: the machine may be busy, and a drill that does not begin shows nothing. */
const READY_TIMEOUT_MS = 60_000;

export interface DrillFleetOptions {
  /** Of each stage. Clients and services know all of them. */
  readonly balancers: number;
  /** Instances whose balancers find them through a proxy. */
  readonly proxied: readonly string[];
}

/** A fleet to break: real processes, some instances behind a fault proxy. */
export class DrillFleet {
  readonly fleet: LocalFleet;
  readonly #proxies: ReadonlyMap<string, FaultProxy>;
  readonly #stateDir: string;
  readonly #paused = new Set<number>();

  private constructor(fleet: LocalFleet, proxies: ReadonlyMap<string, FaultProxy>, stateDir: string) {
    this.fleet = fleet;
    this.#proxies = proxies;
    this.#stateDir = stateDir;
  }

  /**
   * Starts one on ports of its own, and waits until all of it is ready.
   *
   * @throws FleetError when it does not become ready; nothing of it is left then.
   */
  static async start({ balancers, proxied }: DrillFleetOptions): Promise<DrillFleet> {
    const definition = pipeline({ balancers });
    const portOffset = await freePortOffset(definition);
    const proxies = await openProxies(proxied, portOffset);
    const stateDir = await mkdtemp(join(tmpdir(), 'flotilla-chaos-'));
    try {
      const environmentOf = (spec: PlacedProcess) => throughProxies(spec, proxies);
      const fleet = await startFleet({
        definition,
        portOffset,
        stateDir,
        environmentOf,
        readyTimeoutMs: READY_TIMEOUT_MS,
      });
      return new DrillFleet(fleet, proxies, stateDir);
    } catch (error) {
      await closeAll(proxies, stateDir);
      throw error;
    }
  }

  /** Where clients call a stage. */
  urlsOf(stage: number): string[] {
    return this.balancersOf(stage).map(({ port }) => `http://127.0.0.1:${port}`);
  }

  /** The balancers of a stage. */
  balancersOf(stage: number): PlacedProcess[] {
    const { service } = stageNumbered(stage);
    return this.fleet.processes.filter(({ role, group }) => role === 'balancer' && group === service);
  }

  /** @throws FleetError when the instance has none. */
  proxyOf(name: string): FaultProxy {
    const proxy = this.#proxies.get(name);
    if (!proxy) throw new FleetError(`${name} is behind no proxy; ${[...this.#proxies.keys()].join(', ')} are`);
    return proxy;
  }

  /** Of all processes that run. */
  get pids(): number[] {
    return this.fleet.processes.flatMap(({ name }) => this.fleet.pidOf(name) ?? []);
  }

  /** @throws FleetError when the process does not run. */
  pidOf(name: string): number {
    const pid = this.fleet.pidOf(name);
    if (pid === undefined) throw new FleetError(`${name} does not run`);
    return pid;
  }

  /** Ends a process as nothing else would, and holds it down: it gets no chance to end what it is at. */
  async kill(name: string): Promise<void> {
    process.kill(this.pidOf(name), 'SIGKILL');
    await this.fleet.stopInstance(name);
  }

  /** Stops a process where it stands: its connections stay open, and nothing moves. */
  pause(name: string): void {
    const pid = this.pidOf(name);
    this.#paused.add(pid);
    process.kill(pid, 'SIGSTOP');
  }

  /** Lets it go on. */
  resume(name: string): void {
    this.#resume(this.pidOf(name));
  }

  /** Ends all of it, and removes its files. Safe to repeat. */
  async end(): Promise<void> {
    for (const pid of this.#paused) this.#resume(pid);
    await this.fleet.stop();
    await closeAll(this.#proxies, this.#stateDir);
  }

  #resume(pid: number): void {
    this.#paused.delete(pid);
    try {
      process.kill(pid, 'SIGCONT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function openProxies(names: readonly string[], portOffset: number): Promise<Map<string, FaultProxy>> {
  const processes = localProcesses(pipeline(), { portOffset });
  const candidates = Array.from({ length: LAST_PROXY_PORT - FIRST_PROXY_PORT }, (_, n) => FIRST_PROXY_PORT + n);
  const ports = candidates.map((port) => port + portOffset);
  const busy = await busyPorts(ports);
  // A port that systems hand to outgoing connections could be gone when a proxy that refused listens again.
  const free = ports.filter((port) => !busy.includes(port));
  const proxies = new Map<string, FaultProxy>();
  for (const [n, name] of names.entries()) {
    const target = processes.find((spec) => spec.name === name);
    const port = free[n];
    if (!target || port === undefined) throw new FleetError(`there is no ${name}, or no port for its proxy`);
    proxies.set(name, await FaultProxy.listen({ port, targetPort: target.port }));
  }
  return proxies;
}

/** A balancer's list of instances, with a proxy's port in the place of its instance's. */
function throughProxies(
  { group, environment }: PlacedProcess,
  proxies: ReadonlyMap<string, FaultProxy>,
): Record<string, string> {
  const variable = instancesVariable({ service: group });
  const list = environment[variable];
  if (list === undefined) return {};
  const dialled = list.split(',').map((entry) => {
    const proxy = proxies.get(entry.split(':')[0] as string);
    return proxy ? entry.replace(/=.*/, `=127.0.0.1:${proxy.port}`) : entry;
  });
  return { [variable]: dialled.join(',') };
}

async function closeAll(proxies: ReadonlyMap<string, FaultProxy>, stateDir: string): Promise<void> {
  await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
  await rm(stateDir, { recursive: true, force: true });
}

/** The instances of a stage, by their letters: `instancesOf(1, 'abc')`. */
export function instancesOf(stage: number, letters: string): string[] {
  const { service } = stageNumbered(stage);
  return [...letters].map((letter) => service + letter);
}
