import { settings } from '@flotilla/contracts';
import { parseSize } from '@flotilla/dataset';
import { type Command, InvalidArgumentError, Option, wholeNumber } from '@flotilla/terminal/command-line';
import type { FleetChoice } from './addresses.js';
import { type TransportName, transportNames } from './transport/transport.js';

/** Options of every command that calls a fleet. */
export interface FleetOptions extends FleetChoice {
  readonly timeout: number;
}

/** Options of every command that sends texts. */
export interface TextOptions extends FleetOptions {
  readonly transport: TransportName;
}

/** Options of every command that cuts files. */
export interface CutOptions {
  readonly maxBody: number;
  readonly jsonBody?: boolean;
}

/** The largest JSON body; undefined where texts go out as themselves. */
export function jsonLimitOf({ jsonBody, maxBody }: CutOptions): { readonly maxJsonBytes?: number } {
  return jsonBody ? { maxJsonBytes: maxBody } : {};
}

/** Longest time that a timer of Node can hold, in ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_PORT_OFFSET = 57_000;

/** `32MB` as bytes. */
export function size(text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Adds the options that say which fleet is called.
 *
 * @param timeoutMs - Default time for one try: the fleet's own for a request unless said.
 */
export function withFleet(command: Command, timeoutMs = Number(settings.requestTimeoutMs.default)): Command {
  return command
    .option('--url <urls>', 'stage 1 of the fleet, as http://host:port; of several, with commas, any one will do')
    .addOption(number('--port-offset <number>', 'added to every port', 0, MAX_PORT_OFFSET, 0))
    .addOption(number('--timeout <ms>', 'time for one try', 1, MAX_TIMER_MS, timeoutMs));
}

/** Adds the options of commands that send texts. */
export function withTexts(command: Command): Command {
  const transport = new Option('--transport <name>', 'how texts travel: all give the same answers');
  return withFleet(command).addOption(transport.choices(transportNames).default('rest'));
}

/** Adds the option that every command has. */
export function withJson(command: Command): Command {
  return command.option('--json', 'one JSON document instead of text');
}

/** Adds the options of commands that cut files and have the merged report written. */
export function withCutting(command: Command): Command {
  const fallback = Number(settings.maxBodyBytes.default);
  const limit = new Option('--max-body <size>', 'largest JSON body that the fleet takes');
  return command
    .option('--report-url <urls>', 'stage 4 of the fleet; on the host of stage 1 unless said')
    .option(
      '--json-body',
      'send each text in a JSON object, as clients do that know no other way; with grpc and connect: in one whole message',
    )
    .addOption(limit.argParser(size).default(fallback, '100MiB'));
}

/** An option that takes a whole number. */
export function number(flags: string, description: string, min: number, max: number, fallback: number): Option {
  return new Option(flags, description).argParser(wholeNumber(min, max)).default(fallback);
}
