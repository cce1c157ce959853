import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { programOf, stages } from '@flotilla/topology';

export type Behaviour = 'good' | 'refuse' | 'crash' | 'unready' | 'stubborn' | 'clinging';

const FIXTURE = join(import.meta.dirname, 'fixtures/service.cjs');

/** A checkout in a temporary directory whose services are fixtures; it is removed with everything in it. */
export class FixtureRoot implements Disposable {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-runtime-')));
  readonly stateDir = join(this.root, 'state');

  constructor() {
    for (const folder of stages.flatMap((stage) => [stage.folder, stage.balancer])) {
      const program = join(this.root, programOf(folder));
      mkdirSync(dirname(program), { recursive: true });
      writeFileSync(program, `require(${JSON.stringify(FIXTURE)});\n`);
    }
    mkdirSync(join(this.root, 'behaviour'));
  }

  /** How a process behaves from its next start on. */
  behave(name: string, behaviour: Behaviour): void {
    writeFileSync(join(this.root, 'behaviour', name), behaviour);
  }

  /** Whether a process that runs says that it is ready. */
  setReady(name: string, ready: boolean): void {
    const marker = join(this.root, 'behaviour', `${name}.unready`);
    if (ready) rmSync(marker, { force: true });
    else writeFileSync(marker, '');
  }

  hasLogged(name: string, text: string): boolean {
    const log = join(this.stateDir, 'logs', `${name}.log`);
    return existsSync(log) && readFileSync(log, 'utf8').includes(text);
  }

  /** Whether a file is there. */
  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
