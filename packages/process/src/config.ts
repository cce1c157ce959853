import { SETTING_PREFIX, type Setting, type SettingName, type SettingValue, settings } from '@flotilla/contracts';

/** The settings of one process, by their names in the catalogue. */
export type Config<Name extends SettingName> = { readonly [Key in Name]: SettingValue<Key> };

/** Defaults that depend on the process, as they would stand in the environment. */
export type ProcessDefaults = Partial<Record<SettingName, string>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process was told something that it cannot do. The message is one line that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const KNOWN = new Set<string>(Object.values<Setting>(settings).map(({ env }) => env));

/**
 * Reads a process's settings from its environment.
 *
 * @param names - The settings that this process takes; those of other processes are let be.
 * @param env - Usually `process.env`. An empty value counts as one that is not set.
 * @param defaults - Defaults that depend on the process, as they would stand in the environment.
 * @throws {@link ConfigError} for an unknown `FLOTILLA_` variable, one that is missing, or one that is out of range.
 */
export function readConfig<const Name extends SettingName>(
  names: readonly Name[],
  env: Environment,
  defaults: ProcessDefaults = {},
): Config<Name> {
  refuseUnknown(env);
  const values = names.map((name) => [name, parsed(name, sourceOf(name, env, defaults).value)]);
  const config = Object.fromEntries(values) as Config<Name>;
  checkRelations(config);
  return config;
}

/** Unit of values that are never shown. */
export const SECRET_UNIT = 'token';

/** Units of values that must name a host or an address: an empty one is a mistake, and does not mean the default. */
const NEVER_EMPTY: ReadonlySet<string> = new Set(['list', 'URL']);

/** What a setting would be read from: its text, and where that comes from. */
export function sourceOf(name: SettingName, env: Environment, defaults: ProcessDefaults) {
  const setting: Setting = settings[name];
  const given = env[setting.env];
  if (given || (given !== undefined && NEVER_EMPTY.has(setting.unit))) return { value: given, source: 'environment' };
  const own = defaults[name];
  return own === undefined
    ? { value: setting.default, source: 'default' }
    : { value: own, source: 'default of this process' };
}

function refuseUnknown(env: Environment): void {
  const unknown = Object.keys(env).find((key) => key.startsWith(SETTING_PREFIX) && !KNOWN.has(key));
  if (unknown) throw new ConfigError(`${unknown} is no setting of Flotilla; docs/configuration.md lists them.`);
}

function parsed(name: SettingName, text: string | undefined): unknown {
  const { env, schema, purpose, unit }: Setting = settings[name];
  const { success, data, error } = schema.safeParse(text);
  if (success) return data;
  if (text === undefined) throw new ConfigError(`${env} is not set, and has no default. ${purpose}`);
  const shown = unit === SECRET_UNIT ? '(hidden)' : JSON.stringify(text);
  throw new ConfigError(`${env}=${shown} is not allowed; it takes ${error.issues[0]?.message}. ${purpose}`);
}

/** Limits that only make sense together: the first must be below the second, or at most equal to it. */
const RELATIONS: readonly { less: SettingName; more: SettingName; mayBeEqual: boolean; or: string }[] = [
  {
    less: 'upstreamIdleMs',
    more: 'keepAliveMs',
    mayBeEqual: false,
    or: 'a request is lost on a connection that the next hop is just closing',
  },
  { less: 'ejectMs', more: 'ejectMaxMs', mayBeEqual: true, or: 'no ejection could last as long as the first' },
  { less: 'backOffMs', more: 'maxBackOffMs', mayBeEqual: true, or: 'no wait could be as long as the first' },
];

function checkRelations(config: Partial<Config<SettingName>>): void {
  for (const { less, more, mayBeEqual, or } of RELATIONS) {
    const smaller = config[less];
    const larger = config[more];
    if (typeof smaller !== 'number' || typeof larger !== 'number') continue;
    if (smaller < larger || (mayBeEqual && smaller === larger)) continue;
    const than = `${mayBeEqual ? 'at most' : 'less than'} ${settings[more].env} (${larger})`;
    throw new ConfigError(`${settings[less].env}=${smaller} is not allowed; it takes ${than}, or ${or}.`);
  }
}
