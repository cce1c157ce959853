import { CommandError } from '@flotilla/terminal/command-error';

/** A command about a fleet cannot be done. */
export class FleetError extends CommandError {
  override readonly name = 'FleetError';
}
