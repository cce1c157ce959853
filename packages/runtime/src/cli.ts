import { Command, Option, runCommandLine, wholeNumber } from '@flotilla/terminal/command-line';
import { Interruption } from '@flotilla/terminal/interruption';
import { type FleetFlags, specOf, withFleetFlag, withMode, withSpec } from './cli-options.js';
import { describeUp } from './describe-up.js';
import { FleetError } from './fleet/fleet-error.js';
import { RUNTIME_CHOICES } from './fleet/runtime-name.js';
import { build, down, restart, restartInstance, startInstance, stopInstance, up } from './fleet-commands.js';
import { showFleetLogs } from './logs-command.js';
import {
  type Contexts,
  contextsOf,
  fleetWith,
  type GlobalOptions,
  named,
  type Registry,
  selected,
} from './registry.js';
import { describeStatus } from './status-command.js';

const NAMES = 'service1a, service1-loadbalancer, …';

/** Lines of each log that following begins with. */
const FOLLOW_TAIL_LINES = 10;
/** More than any log has. */
const MAX_TAIL_LINES = 999_999_999;

/** A command line over some fleets. */
interface CommandLine {
  readonly program: Command;
  readonly registry: Registry;
  readonly contexts: (say?: (text: string) => void) => Contexts;
  readonly exit: (code: number) => void;
}

/**
 * Runs one command of the command line.
 *
 * @param registry - all fleets that it knows.
 * @returns its exit code.
 */
export function runCli(argv: readonly string[], registry: Registry): Promise<number> {
  return runCommandLine(argv, (exit) => commands(registry, exit));
}

function commands(registry: Registry, exit: (code: number) => void): Command {
  const program = new Command('fleet')
    .description('Runs fleets in the background, as local processes or under Docker.')
    .option('--root <directory>', 'holds the folders of the services (default: this checkout)')
    .addOption(
      new Option('--runtime <runtime>', 'of a fleet that is not up yet; auto takes Docker where it answers')
        .choices(RUNTIME_CHOICES)
        .default('auto'),
    )
    .enablePositionalOptions();
  const contexts = (say: (text: string) => void = console.log) =>
    contextsOf(registry, program.opts<GlobalOptions>(), say);
  const line: CommandLine = { program, registry, contexts, exit };
  addStarting(line);
  addLooking(line);
  addInstances(line);
  addWith(line);
  addCleaning(line);
  addLogs(line);
  return program;
}

function addStarting({ program, registry, contexts }: CommandLine): void {
  withMode(program.command('build'), registry)
    .description('make what a fleet is started from: under Docker, the images')
    .action(async (flags: FleetFlags) => {
      using interruption = new Interruption();
      const context = named(contexts(), flags.fleet);
      await build(context, specOf(context, flags), interruption);
    });
  withSpec(program.command('up'), registry)
    .description('start a fleet and wait until all of it is ready')
    .action(async (flags: FleetFlags) => {
      using interruption = new Interruption();
      const context = named(contexts(), flags.fleet);
      console.log(describeUp(context.fleet, await up(context, specOf(context, flags), interruption)));
    });
  withMode(program.command('down'), registry)
    .description('stop a fleet, of whatever mode unless one is named; safe to repeat')
    .option('--all', 'every fleet')
    .action(async (flags: FleetFlags & { readonly all?: boolean }) => {
      const all = contexts();
      const chosen = flags.all ? all : [named(all, flags.fleet)];
      for (const context of chosen) await down(context, specOf(context, flags).mode);
    });
  withSpec(program.command('restart'), registry)
    .description('stop a fleet and start it again')
    .action(async (flags: FleetFlags) => {
      using interruption = new Interruption();
      const context = named(contexts(), flags.fleet);
      console.log(describeUp(context.fleet, await restart(context, specOf(context, flags), interruption)));
    });
}

function addLooking({ program, registry, contexts, exit }: CommandLine): void {
  withFleetFlag(program.command('status'), registry)
    .description('every process of the fleets that run: state, memory, restarts')
    .option('--json', 'for programs')
    .action(async ({ fleet, json }: FleetFlags & { readonly json?: boolean }) =>
      console.log(await describeStatus(selected(contexts(), fleet), json ?? false)),
    );
  withFleetFlag(program.command('stats'), registry)
    .description('what the fleets that run say they did')
    .action(async ({ fleet }: FleetFlags) => {
      const { showStats } = await import('./stats-command.js');
      using interruption = new Interruption();
      exit(await showStats(selected(contexts(console.error), fleet), interruption));
    });
}

function addInstances({ program, contexts }: CommandLine): void {
  program
    .command('stop-instance')
    .description('stop one process and hold it down')
    .argument('<name>', NAMES)
    .action(async (name: string) => stopInstance(await fleetWith(contexts(), name), name));
  program
    .command('start-instance')
    .description('start a process that is held down, and wait until it is ready')
    .argument('<name>', NAMES)
    .action(async (name: string) => {
      using interruption = new Interruption();
      await startInstance(await fleetWith(contexts(), name), name, interruption);
    });
  program
    .command('restart-instance')
    .description('stop one process and start it again, as in a rolling restart')
    .argument('<name>', NAMES)
    .action(async (name: string) => {
      using interruption = new Interruption();
      await restartInstance(await fleetWith(contexts(), name), name, interruption);
    });
}

function addWith({ program, registry, contexts, exit }: CommandLine): void {
  withSpec(program.command('with'), registry)
    .description('run a command against a fleet, told where by SERVICE1_URL …, and put back what ran before')
    .argument('<command...>', 'after --')
    .passThroughOptions()
    // The command's own output stays clean: what we say goes to stderr.
    .action(async (words: string[], flags: FleetFlags) => {
      // Half of the time that the other commands would take to begin is what this one imports.
      const { withFleet, withRunningFleets } = await import('./with-command.js');
      using interruption = new Interruption();
      const all = contexts(console.error);
      const command = { words, interruption };
      if (flags.fleet === undefined && flags.mode === undefined) return exit(await withRunningFleets(all, command));
      const context = named(all, flags.fleet);
      exit(await withFleet(context, specOf(context, flags), command));
    });
}

function addCleaning({ program, registry, contexts }: CommandLine): void {
  withFleetFlag(program.command('clean'), registry)
    .description('stop the fleets; remove their logs and what was built for them')
    .action(async ({ fleet }: FleetFlags) => {
      const { clean } = await import('./clean-command.js');
      for (const context of selected(contexts(), fleet)) await clean(context);
    });
  withFleetFlag(program.command('clean-data'), registry)
    .description('remove the data of a fleet, which nothing else does')
    .option('--yes', 'without asking')
    .action(async ({ fleet, yes }: FleetFlags & { readonly yes?: boolean }) => {
      const { cleanData, confirmOnTerminal } = await import('./clean-data-command.js');
      if (fleet === undefined) throw new FleetError('say whose data: FLEET=…');
      await cleanData(named(contexts(), fleet), yes ? async () => true : confirmOnTerminal);
    });
}

interface LogsFlags {
  readonly fleet?: string;
  readonly group?: string;
  readonly balancers?: boolean;
  readonly follow?: boolean;
  readonly tail?: number;
}

function addLogs({ program, registry, contexts }: CommandLine): void {
  withFleetFlag(program.command('logs'), registry)
    .description('logs of the fleets that run, those of each merged by time')
    .argument('[names...]', 'an instance, a service for all its instances, a balancer, or supervisor')
    .option('--group <name>', 'only a service and its balancers')
    .option('--balancers', 'only balancers')
    .option('--follow', 'go on as they grow (default in a terminal)')
    .option('--no-follow', 'end at their end')
    .option(
      '--tail <lines>',
      `begin with so many lines of each (default: ${FOLLOW_TAIL_LINES}, or all without following)`,
      wholeNumber(0, MAX_TAIL_LINES),
    )
    .action(async (names: string[], flags: LogsFlags) => {
      using interruption = new Interruption();
      const selection = { names, group: flags.group, balancersOnly: flags.balancers ?? false };
      const follow = flags.follow ?? process.stdout.isTTY;
      const tailLines = flags.tail ?? (follow ? FOLLOW_TAIL_LINES : Number.POSITIVE_INFINITY);
      const options = { tailLines, follow, signal: interruption.signal };
      await showFleetLogs(selected(contexts(), flags.fleet), selection, options, process.stdout);
    });
}
