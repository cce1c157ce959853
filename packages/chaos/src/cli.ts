import { setPriority } from 'node:os';
import { describeMachine, thisMachine } from '@flotilla/client/machine';
import { FleetError } from '@flotilla/runtime';
import { Command, Option, runCommandLine, wholeNumber, words } from '@flotilla/terminal/command-line';
import { runDrill } from './drill/drill.js';
import type { ScenarioResult } from './drill/result.js';
import type { Scenario } from './drill/scenario.js';
import { scenarios } from './drill/scenarios/index.js';
import { resultLine, resultTable, verdict } from './drill/table.js';
import { attack } from './floods/attack.js';
import type { Flood } from './floods/flood.js';
import { floods } from './floods/index.js';
import { runFloods } from './floods/run-floods.js';
import { floodLine, floodTable, floodVerdict } from './floods/table.js';
import { type TransportName, transportNames } from './load/transport.js';
import { runSoak } from './soak/soak.js';
import { progressLine, soakTable, soakVerdict } from './soak/table.js';

interface DrillFlags {
  readonly scenario?: readonly string[];
  readonly transport: TransportName;
  readonly short?: true;
  readonly json?: true;
}

interface FloodFlags {
  readonly flood?: readonly string[];
  readonly short?: true;
  readonly json?: true;
}

interface SoakFlags {
  readonly requests: number;
  readonly clients: number;
  readonly json?: true;
}

const MAX_REQUESTS = 1_000_000_000;
const MAX_CLIENTS = 1000;
const PROGRESS_INTERVAL_MS = 10_000;
const MAX_PORT = 65_535;
/** Of an attacker: the processes that it attacks share its machine, and would not have to if it came from elsewhere. */
const NICEST = 19;

/** Runs one command. @returns its exit code: 0 when every figure was reached. */
export function runCli(argv: readonly string[], signal: AbortSignal): Promise<number> {
  return runCommandLine(argv, (exit) => commands(signal, exit));
}

function commands(signal: AbortSignal, exit: (code: number) => void): Command {
  const program = new Command('chaos').description('Breaks a fleet of its own under load, and checks every answer.');
  program
    .command('drill', { isDefault: true })
    .description('one fault after the other; a table of what each did to the requests')
    .addOption(new Option('--scenario <names>', 'only these, or those that begin so: kill,stop').argParser(words))
    .addOption(new Option('--transport <name>', 'what the load is sent by').choices(transportNames).default('rest'))
    .option('--short', 'little load and no waiting: shows whether requests fail, not how long they take')
    .option('--json', 'the results as JSON')
    .action(async (flags: DrillFlags) => {
      exit(await drill(flags, signal));
    });
  program
    .command('floods')
    .description('one flood after the other for 10 s; what each did to the processes, and to those who use them')
    .addOption(new Option('--flood <names>', 'only these, or those that begin so').argParser(words))
    .option('--short', 'a second of each, and no look at latencies')
    .option('--json', 'the results as JSON')
    .action(async (flags: FloodFlags) => {
      exit(await flood(flags, signal));
    });
  program
    .command('flood')
    .description('attacks one port of this machine until it is told to stop')
    .argument('<name>')
    .requiredOption('--port <number>', '', wholeNumber(1, MAX_PORT))
    .action(async (name: string, { port }: { port: number }) => {
      setPriority(NICEST);
      const attacking = attack(floodsNamed([name])[0] as Flood, port);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      attacking.stop();
    });
  program
    .command('soak')
    .description('many requests without a pause; what each process holds before, meanwhile and after')
    .addOption(new Option('--requests <number>').argParser(wholeNumber(1, MAX_REQUESTS)).default(1_000_000))
    .addOption(new Option('--clients <number>', 'at once').argParser(wholeNumber(1, MAX_CLIENTS)).default(16))
    .option('--json', 'the result as JSON')
    .action(async (flags: SoakFlags) => {
      exit(await soak(flags, signal));
    });
  program
    .command('scenarios')
    .description('the names of all faults')
    .action(() => console.log(scenarios.map(({ name, fault }) => `${name.padEnd(16)}${fault}`).join('\n')));
  return program;
}

async function drill({ scenario: names, transport, short, json }: DrillFlags, signal: AbortSignal): Promise<number> {
  const isShort = short === true;
  const chosen = choose(names, isShort);
  const onResult = (result: ScenarioResult) => console.error(resultLine(result));
  const results = await runDrill({ scenarios: chosen, isShort, transport, signal, onResult });
  const machine = thisMachine();
  if (json) console.log(JSON.stringify({ made_at: new Date().toISOString(), machine, transport, results }, null, 2));
  else console.log(['', resultTable(results), verdict(results), describeMachine(machine)].join('\n\n'));
  return results.some(({ missed }) => missed.length > 0) ? 1 : 0;
}

/** @throws FleetError for a name that fits none. */
function choose(names: readonly string[] | undefined, isShort: boolean): Scenario[] {
  const unknown = names?.find((name) => !scenarios.some((scenario) => scenario.name.startsWith(name)));
  if (unknown !== undefined) {
    throw new FleetError(`no scenario is called ${unknown}; there are ${scenarios.map(({ name }) => name).join(', ')}`);
  }
  if (names) return scenarios.filter((scenario) => names.some((name) => scenario.name.startsWith(name)));
  return scenarios.filter((scenario) => !isShort || scenario.isShort);
}

async function flood({ flood: names, short, json }: FloodFlags, signal: AbortSignal): Promise<number> {
  const chosen = names ? floodsNamed(names) : floods;
  const results = await runFloods({
    floods: chosen,
    isShort: short === true,
    signal,
    onResult: (result) => console.error(floodLine(result)),
  });
  const machine = thisMachine();
  if (json) console.log(JSON.stringify({ made_at: new Date().toISOString(), machine, results }, null, 2));
  else console.log(['', floodTable(results), floodVerdict(results), describeMachine(machine)].join('\n\n'));
  return results.some(({ missed }) => missed.length > 0) ? 1 : 0;
}

/** @throws FleetError for a name that fits none. */
function floodsNamed(names: readonly string[]): Flood[] {
  const unknown = names.find((name) => !floods.some((each) => each.name.startsWith(name)));
  if (unknown !== undefined) {
    throw new FleetError(`no flood is called ${unknown}; there are ${floods.map(({ name }) => name).join(', ')}`);
  }
  return floods.filter((each) => names.some((name) => each.name.startsWith(name)));
}

async function soak({ requests, clients, json }: SoakFlags, signal: AbortSignal): Promise<number> {
  let nextMs = 0;
  const result = await runSoak({
    requests,
    clients,
    signal,
    onProgress: (progress) => {
      if (progress.seconds * 1000 < nextMs) return;
      nextMs = progress.seconds * 1000 + PROGRESS_INTERVAL_MS;
      console.error(progressLine(progress, requests));
    },
  });
  const machine = thisMachine();
  if (json) console.log(JSON.stringify({ made_at: new Date().toISOString(), machine, ...result }, null, 2));
  else console.log(['', soakTable(result), soakVerdict(result), describeMachine(machine)].join('\n\n'));
  return result.missed.length > 0 ? 1 : 0;
}
