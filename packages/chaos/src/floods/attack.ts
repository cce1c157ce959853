import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHECKOUT } from '@flotilla/runtime';
import { programOf } from '@flotilla/topology';
import { Attacker } from './attacker.js';
import type { Flood } from './flood.js';

/** Attacks a port until told to stop. Run in a process of its own: it leaves no time for anything else. */
export function attack(flood: Flood, port: number): { stop(): void } {
  const attackers = Array.from({ length: flood.connections }, (_, nth) => new Attacker(flood, port, nth));
  return {
    stop: () => {
      for (const attacker of attackers) attacker.stop();
    },
  };
}

/** The same in a process of its own, which makes room for the processes that it attacks: they share one machine. */
export class AttackingProcess {
  readonly #child: ChildProcess;

  constructor({ name }: Flood, port: number) {
    const program = join(CHECKOUT, programOf('chaos'));
    this.#child = spawn(process.execPath, [program, 'flood', name, '--port', String(port)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it is still at it. */
  get isAttacking(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async stop(): Promise<void> {
    if (!this.isAttacking) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}
