import { Command } from '@flotilla/terminal/command-line';
import { declareBenchmark, runBenchmark } from './commands/benchmark.js';
import { declareBenchmarkCompare, runBenchmarkCompare } from './commands/benchmark-compare.js';
import { declareCompare, runCompare } from './commands/compare.js';
import { declareDataset, runDataset } from './commands/dataset.js';
import { declareLargeTest, runLargeTest } from './commands/large-test.js';
import { declareProcess, runProcess } from './commands/process.js';
import { declareStats, runStats } from './commands/stats.js';
import { withJson } from './options.js';
import { type Context, type Environment, runCommand } from './run-command.js';

/**
 * The command line.
 *
 * @param exit - Told the exit code of the command that ran.
 */
export function buildCli(surroundings: Environment, exit: (code: 0 | 1) => void): Command {
  const program = new Command('flotilla')
    .description('Sends texts through a fleet, measures it, and shows what each instance did.')
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
    });

  const add = <Arguments extends unknown[]>(
    name: string,
    declare: (command: Command) => Command,
    run: (context: Context, ...args: Arguments) => Promise<void>,
  ) => {
    const command = withJson(declare(program.command(name)));
    command.action(async (...given: unknown[]) => {
      // Commander hands over the arguments, the options, and the command itself.
      const args = given.slice(0, -1) as Arguments;
      const isJson = command.opts<{ json?: true }>().json === true;
      exit(await runCommand(surroundings, isJson, (context) => run(context, ...args)));
    });
  };

  add('process', declareProcess, runProcess);
  add('benchmark', declareBenchmark, runBenchmark);
  add('benchmark-compare', declareBenchmarkCompare, runBenchmarkCompare);
  add('compare', declareCompare, runCompare);
  add('large-test', declareLargeTest, runLargeTest);
  add('stats', declareStats, runStats);
  add('dataset', declareDataset, runDataset);
  return program;
}
