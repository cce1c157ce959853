import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pipeline } from '@flotilla/topology';
import { execa } from 'execa';
import { isAlive, type RecordedProcess } from '../src/fleet/process-identity.js';
import type { FleetState } from '../src/fleet/state-file.js';
import { busyPorts, freePortOffset } from '../src/index.js';
import type { StatusReport } from '../src/status-command.js';
import { type Behaviour, FixtureRoot } from './fixture-root.js';

const MAIN = fileURLToPath(new URL('../../../bundle/runtime/main.cjs', import.meta.url));

const OPTIONS = { reject: false, stdin: 'ignore', extendEnv: false } as const;

/** The command line on fixtures, at ports of its own; at its disposal everything that was started is ended. */
export class CommandLine implements AsyncDisposable {
  readonly fixture = new FixtureRoot();
  readonly portOffset: number;
  /** For the command, and so for the fleet that it starts. */
  readonly env: Record<string, string>;
  readonly #stateFile: string;
  readonly #seen = new Map<number, RecordedProcess>();

  private constructor(portOffset: number, stateDir: string | undefined) {
    this.portOffset = portOffset;
    this.#stateFile = `${stateDir ?? this.fixture.stateDir}/fleet.json`;
    this.env = {
      PATH: process.env.PATH ?? '',
      FLOTILLA_STATE_DIR: stateDir ?? this.fixture.stateDir,
      FLOTILLA_PORT_OFFSET: String(portOffset),
      // With the margin of 5 s that comes on top, the most that a stubborn process costs a test.
      FLOTILLA_SHUTDOWN_GRACE_MS: '1',
      FLOTILLA_DRAIN_DELAY_MS: '0',
    };
  }

  /** @param stateDir - Undefined: one of its own. */
  static async create(stateDir?: string): Promise<CommandLine> {
    if (!existsSync(MAIN)) throw new Error('bundle/runtime is not there: run `make compile` first');
    return new CommandLine(await freePortOffset(pipeline({ balancers: 2 })), stateDir);
  }

  /** Starts a command. The answer of its end never rejects. */
  begin(...parameters: string[]) {
    return execa(process.execPath, [MAIN, '--root', this.fixture.root, ...parameters], { ...OPTIONS, env: this.env });
  }

  /** Runs a command to its end. */
  async run(...parameters: string[]): Promise<{ code: number | undefined; out: string; err: string }> {
    const { exitCode, stdout, stderr } = await this.begin(...parameters);
    return { code: exitCode, out: stdout, err: stderr };
  }

  behave(name: string, behaviour: Behaviour): void {
    this.fixture.behave(name, behaviour);
  }

  async status(): Promise<StatusReport> {
    return JSON.parse((await this.run('status', '--json')).out) as StatusReport;
  }

  /** What the state file says now of local processes, remembered for {@link survivors}. */
  state(): FleetState | undefined {
    if (!existsSync(this.#stateFile)) return undefined;
    const state = JSON.parse(readFileSync(this.#stateFile, 'utf8')) as FleetState;
    if ('runtime' in state) return undefined;
    for (const each of [state.supervisor, ...state.processes]) this.#seen.set(each.pid, each);
    return state;
  }

  /** The recorded process of a fleet that runs. */
  recorded(name: string): RecordedProcess {
    const state = this.state();
    const all = state ? [state.supervisor, ...state.processes] : [];
    const found = all.find((each) => each.name === name);
    if (!found) throw new Error(`${name} is not recorded`);
    return found;
  }

  /** Those of all processes ever seen that still run. */
  survivors(): string[] {
    return [...this.#seen.values()].filter(isAlive).map((each) => each.name);
  }

  /** Ports of the fleet that are taken. */
  taken(): Promise<number[]> {
    const table = [8051, 8052, 8053, 8054, 8055, 8056, 8057, 8058, 8059, 8060];
    const more = [8061, 8062, 8063, 8064, 8065, 8066, 8067, 8068, 8069, 8070];
    const seconds = [8071, 8072, 8073, 8074];
    return busyPorts([...table, ...more, ...seconds].map((port) => port + this.portOffset));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.state();
    if (existsSync(this.#stateFile)) await this.run('down');
    for (const each of this.#seen.values()) if (isAlive(each)) process.kill(each.pid, 'SIGKILL');
    this.fixture[Symbol.dispose]();
  }
}
