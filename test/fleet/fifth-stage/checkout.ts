import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { StageRow } from '@flotilla/topology';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDERS = /^(packages|scripts|client|service.*)$/;
const FILES = ['package.json', 'tsconfig.base.json'];
const LEFT_OUT = /\/(dist|test|bench)$/;

/** A copy of the sources of this repository, to change and bundle. It is removed at its disposal. */
export class Checkout implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'flotilla-fifth-stage-'));

  constructor() {
    for (const name of [...FILES, ...readdirSync(ROOT).filter((each) => FOLDERS.test(each))]) {
      const filter = (source: string) => !LEFT_OUT.test(source.slice(ROOT.length));
      cpSync(join(ROOT, name), join(this.root, name), { recursive: true, filter });
    }
    this.#linkModules();
  }

  /** What is installed is shared; packages of ours are those of the copy. */
  #linkModules(): void {
    const modules = join(this.root, 'node_modules');
    mkdirSync(join(modules, '@flotilla'), { recursive: true });
    for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each !== '@flotilla')) {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    const own = join(ROOT, 'node_modules/@flotilla');
    for (const name of readdirSync(own)) {
      const folder = relative(realpathSync(ROOT), realpathSync(join(own, name)));
      symlinkSync(join(this.root, folder), join(modules, '@flotilla', name));
    }
  }

  /** Puts a row into the table, before that of another stage. */
  addRow(row: StageRow, before: number): void {
    this.#edit('packages/topology/src/pipeline.ts', `  {\n    number: ${before},`, `  ${JSON.stringify(row)},\n`);
  }

  /** Adds a service to the `.proto`, and makes its code. */
  addRpcService(text: string): void {
    this.#edit('packages/contracts/proto/pipeline/pipeline.proto', 'message TextRequest {', `${text}\n\n`);
    this.#run('buf', ['generate'], 'packages/contracts');
  }

  write(path: string, content: string): void {
    mkdirSync(join(this.root, path, '..'), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  bundle(): void {
    this.#run('node', ['scripts/bundle/main.ts'], '.');
  }

  #edit(path: string, place: string, text: string): void {
    const content = readFileSync(join(this.root, path), 'utf8');
    if (content.split(place).length !== 2) throw new Error(`${path} does not have "${place}" once`);
    writeFileSync(
      join(this.root, path),
      content.replace(place, () => text + place),
    );
  }

  #run(command: string, args: readonly string[], folder: string): void {
    const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
    execFileSync(command, [...args], { cwd: join(this.root, folder), env: { ...process.env, PATH }, stdio: 'pipe' });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}
