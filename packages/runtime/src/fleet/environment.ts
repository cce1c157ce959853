import { SETTING_PREFIX, type SettingName, type SettingValue, settings } from '@flotilla/contracts';
import { FleetError } from './fleet-error.js';

/** What is in a caller's environment, or put there by a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a process needs of the system to run at all: where programs, home and temporary files are, and the language
 * and time zone of its messages. NODE_OPTIONS is not among them: a debugger or loader that is meant for the caller
 * would come up twenty times.
 */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL'];

/**
 * The part of a caller's environment that the processes of a fleet get: the system's basics and FLOTILLA_….
 *
 * @param also - what this fleet is told beside.
 */
export function fleetEnvironment(caller: Environment, also: readonly string[] = []): Record<string, string> {
  const names = [...PASSED_ON, ...also];
  const passed = Object.entries(caller).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (names.includes(entry[0]) || entry[0].startsWith(SETTING_PREFIX)),
  );
  return Object.fromEntries(passed);
}

/** Reads one setting of an environment, or its default. @throws FleetError when its value is not allowed. */
export function readSetting<Name extends SettingName>(name: Name, env: Environment): SettingValue<Name> {
  const setting = settings[name];
  const parsed = setting.schema.safeParse(env[setting.env] ?? setting.default);
  if (!parsed.success) throw new FleetError(`${setting.env} must be ${parsed.error.issues[0]?.message}`);
  return parsed.data as SettingValue<Name>;
}
