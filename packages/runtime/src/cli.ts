import { BALANCER_COUNTS, type BalancerCount, type FleetMode } from '@flotilla/topology';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  build,
  down,
  restart,
  restartInstance,
  startInstance,
  stopInstance,
  type UpResult,
  up,
} from './fleet-commands.js';
import { CHECKOUT, downCommand, type FleetContext, fleetContext } from './fleet-context.js';
import { FleetError } from './fleet-error.js';
import type { FleetWish } from './fleet-shape.js';
import { localTime, underDocker } from './fleet-words.js';
import { Interruption } from './interruption.js';
import { RUNTIME_CHOICES, type RuntimeChoice } from './runtime-name.js';
import { runtimeInCharge } from './runtimes.js';
import { describeStatus } from './status-command.js';
import { addressTable, duration } from './table.js';

const MODES = ['sequential', 'parallel'] as const;

const NAMES = 'service1a, service1-loadbalancer, …';

/** Lines of each log that following begins with. */
const FOLLOW_TAIL_LINES = 10;

/** Runs one command of the command line. @returns its exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  // Output that nobody reads any more (`| head`, a closed terminal) must not break a command off half-way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let exitCode = 0;
  const program = commands((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

function commands(exit: (code: number) => void): Command {
  const program = new Command('fleet')
    .description('Runs a fleet in the background, as local processes or under Docker.')
    .option('--root <directory>', 'holds the folders of the services (default: this checkout)')
    .addOption(
      new Option('--runtime <runtime>', 'of a fleet that is not up yet; auto takes Docker where it answers')
        .choices(RUNTIME_CHOICES)
        .default('auto'),
    )
    .enablePositionalOptions();
  const context = (say: (text: string) => void = console.log): FleetContext => {
    const { root = CHECKOUT, runtime } = program.opts<{ root?: string; runtime: RuntimeChoice }>();
    return fleetContext(root, runtime, process.env, say);
  };
  const required = () => new Option('--mode <mode>', 'which fleet').choices(MODES).makeOptionMandatory();
  const balancers = () =>
    new Option('--balancers <number>', 'per stage of the parallel fleet (default: as many as run, or 1)').argParser(
      balancerCount,
    );
  type ModeOption = { readonly mode: FleetMode };

  program
    .command('build')
    .description('make what a fleet is started from: under Docker, the images')
    .addOption(required())
    .action(async ({ mode }: ModeOption) => {
      using interruption = new Interruption();
      await build(context(), mode, interruption);
    });
  program
    .command('up')
    .description('start a fleet and wait until all of it is ready')
    .addOption(required())
    .addOption(balancers())
    .action(async (wish: FleetWish) => {
      using interruption = new Interruption();
      console.log(describeUp(await up(context(), wish, interruption)));
    });
  program
    .command('down')
    .description('stop the fleet; safe to repeat')
    .addOption(new Option('--mode <mode>', 'leave a fleet of the other mode alone').choices(MODES))
    .action(({ mode }: { mode?: FleetMode }) => down(context(), mode));
  program
    .command('restart')
    .description('stop a fleet and start it again')
    .addOption(required())
    .addOption(balancers())
    .action(async (wish: FleetWish) => {
      using interruption = new Interruption();
      console.log(describeUp(await restart(context(), wish, interruption)));
    });
  program
    .command('status')
    .description('every process: state, memory, restarts')
    .option('--json', 'for programs')
    .action(async ({ json }: { json?: boolean }) => console.log(await describeStatus(context(), json ?? false)));
  program
    .command('stop-instance')
    .description('stop one process and hold it down')
    .argument('<name>', NAMES)
    .action((name: string) => stopInstance(context(), name));
  program
    .command('start-instance')
    .description('start a process that is held down, and wait until it is ready')
    .argument('<name>', NAMES)
    .action(async (name: string) => {
      using interruption = new Interruption();
      await startInstance(context(), name, interruption);
    });
  program
    .command('restart-instance')
    .description('stop one process and start it again, as in a rolling restart')
    .argument('<name>', NAMES)
    .action(async (name: string) => {
      using interruption = new Interruption();
      await restartInstance(context(), name, interruption);
    });
  program
    .command('with')
    .description('run a command against a fleet, told where by SERVICE1_URL …, and put back what ran before')
    .addOption(new Option('--mode <mode>', 'which fleet (default: the one that runs)').choices(MODES))
    .addOption(balancers())
    .argument('<command...>', 'after --')
    .passThroughOptions()
    // The command's own output stays clean: what we say goes to stderr.
    .action(async (command: string[], { mode, balancers: count }: Partial<FleetWish>) => {
      // Half of the time that the other commands would take to begin is what this one imports.
      const { withFleet } = await import('./with-command.js');
      using interruption = new Interruption();
      const wish = mode && { mode, balancers: count };
      exit(await withFleet(context(console.error), wish, command, interruption));
    });
  program
    .command('clean')
    .description('stop the fleet; remove its logs and what was built for it')
    .action(async () => {
      const { clean } = await import('./clean-command.js');
      await clean(context());
    });
  addLogs(program, context);
  return program;
}

interface LogsFlags {
  readonly stage?: number;
  readonly balancers?: boolean;
  readonly follow?: boolean;
  readonly tail?: number;
}

function addLogs(program: Command, context: () => FleetContext): void {
  program
    .command('logs')
    .description('logs, merged by time')
    .argument('[names...]', 'an instance, a service for all its instances, a balancer, or supervisor')
    .option('--stage <number>', 'only this stage', wholeNumber)
    .option('--balancers', 'only balancers')
    .option('--follow', 'go on as they grow (default in a terminal)')
    .option('--no-follow', 'end at their end')
    .option(
      '--tail <lines>',
      `begin with so many lines of each (default: ${FOLLOW_TAIL_LINES}, or all without following)`,
      wholeNumber,
    )
    .action(async (names: string[], flags: LogsFlags) => {
      using interruption = new Interruption();
      const selection = { names, stage: flags.stage, balancersOnly: flags.balancers ?? false };
      const follow = flags.follow ?? process.stdout.isTTY;
      const tailLines = flags.tail ?? (follow ? FOLLOW_TAIL_LINES : Number.POSITIVE_INFINITY);
      const runtime = await runtimeInCharge(context());
      await runtime.showLogs(selection, { tailLines, follow, signal: interruption.signal }, process.stdout);
    });
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}

/** Named as in `BALANCERS=2 make up-parallel`, which is how most people give it. */
function balancerCount(value: string): BalancerCount {
  const count = BALANCER_COUNTS.find((each) => String(each) === value);
  if (count) return count;
  throw new FleetError(`BALANCERS=${value} is not known; it takes ${BALANCER_COUNTS.join(' or ')}`);
}

function describeUp({ already, runtime, status, readyAfterMs }: UpResult): string {
  const addresses = addressTable(status);
  if (already) {
    const since = `since ${localTime(status.startedAt)}`;
    const unready = status.processes.filter((each) => each.state !== 'ready');
    const but = unready.map((each) => `\n${each.name} is ${each.state}`).join('');
    return `the ${status.mode} fleet runs already${underDocker(runtime.name)}, ${since} (\`${downCommand(status.mode)}\` stops it)${but}\n\n${addresses}`;
  }
  const time = readyAfterMs < 60_000 ? `${(readyAfterMs / 1000).toFixed(1)} s` : duration(readyAfterMs);
  return `all ${status.processes.length} ${runtime.units} are ready after ${time}\n\n${addresses}`;
}
