import { lookup, resolveSrv } from 'node:dns/promises';
import type { InstanceAddress } from '@flotilla/contracts';

/** How names become addresses; the system's way unless a test says otherwise. */
export interface NameService {
  /** All addresses of a host. */
  addresses(host: string): Promise<string[]>;
  services(name: string): Promise<{ name: string; port: number; priority: number; weight: number }[]>;
}

const systemNames: NameService = {
  addresses: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  services: (name) => resolveSrv(name),
};

/** While a name has never resolved it is looked up this often, in ms: requests wait for it. */
const FIRST_RETRY_MS = 1_000;

/** The instances that a list stands for, some of whose entries are names that are looked up again and again. */
export class Membership {
  readonly #entries: readonly InstanceAddress[];
  readonly #intervalMs: number;
  readonly #names: NameService;
  /** What each entry stood for when it last resolved. A name server that fails for a while removes no instance. */
  readonly #known = new Map<string, readonly InstanceAddress[]>();
  #timer: NodeJS.Timeout | undefined;
  #told = '';
  #isStopped = false;

  constructor(entries: readonly InstanceAddress[], intervalMs: number, names: NameService = systemNames) {
    this.#entries = entries;
    this.#intervalMs = intervalMs;
    this.#names = names;
  }

  /** Looks all names up. @returns The instances, each once, in the order of the list. */
  async resolve(): Promise<InstanceAddress[]> {
    const resolved = await Promise.all(this.#entries.map((entry) => this.#resolveEntry(entry)));
    const byKey = new Map(resolved.flat().map((address) => [address.key, address]));
    return [...byKey.values()];
  }

  /** Tells of every change from now on. Where no name is to be looked up there is none. */
  watch(members: readonly InstanceAddress[], onChange: (members: readonly InstanceAddress[]) => void): void {
    if (!this.#entries.some((entry) => entry.lookup)) return;
    this.#told = JSON.stringify(members);
    this.#schedule(onChange);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(onChange: (members: readonly InstanceAddress[]) => void): void {
    if (this.#isStopped) return;
    const isComplete = this.#entries.every((entry) => !entry.lookup || this.#known.has(entry.key));
    const delayMs = isComplete ? this.#intervalMs : Math.min(FIRST_RETRY_MS, this.#intervalMs);
    this.#timer = setTimeout(async () => {
      const members = await this.resolve();
      const told = JSON.stringify(members);
      if (this.#isStopped) return;
      if (told !== this.#told) onChange(members);
      this.#told = told;
      this.#schedule(onChange);
    }, delayMs).unref();
  }

  async #resolveEntry(entry: InstanceAddress): Promise<readonly InstanceAddress[]> {
    if (!entry.lookup) return [entry];
    try {
      const found = entry.lookup === 'addresses' ? await this.#addresses(entry) : await this.#services(entry);
      this.#known.set(entry.key, found);
    } catch {
      // It may be gone for a moment, or for good: its instances' checks will tell.
    }
    return this.#known.get(entry.key) ?? [];
  }

  async #addresses({ host, port }: InstanceAddress): Promise<InstanceAddress[]> {
    const addresses = await this.#names.addresses(host);
    return addresses.sort().map((address) => {
      const bracketed = address.includes(':') ? `[${address}]` : address;
      return { key: `${bracketed}:${port}`, host: bracketed, port };
    });
  }

  /** RFC 2782: only those of the best priority; a weight of 0 is the least there is. */
  async #services({ host: service }: InstanceAddress): Promise<InstanceAddress[]> {
    const records = await this.#names.services(service);
    const best = Math.min(...records.map(({ priority }) => priority));
    return records
      .filter(({ priority }) => priority === best)
      .map(({ name, port, weight }) => ({ key: `${name}:${port}`, host: name, port, weight: Math.max(1, weight) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
