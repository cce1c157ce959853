import { type Setting, type SettingName, settings } from '@flotilla/contracts';
import { type Environment, type ProcessDefaults, SECRET_UNIT, sourceOf } from './config.js';

/**
 * What a process would run with, for people: every setting with its value, where that comes from, and why it is there.
 *
 * @param names - The settings that the process takes.
 */
export function renderConfig(names: readonly SettingName[], env: Environment, defaults: ProcessDefaults): string {
  const rows = [...new Set(names)].map((name) => {
    const setting: Setting = settings[name];
    const { value, source } = sourceOf(name, env, defaults);
    return { setting, source, shown: shownValue(setting, value) };
  });
  const width = Math.max(...rows.map(({ setting, shown }) => setting.env.length + shown.length)) + 1;
  const lines = rows.map(({ setting, source, shown }) => {
    const assignment = `${setting.env}=${shown}`.padEnd(Math.min(width, MAX_ASSIGNMENT_WIDTH));
    return `${assignment}  # ${source}, ${setting.unit}: ${setting.purpose}`;
  });
  return `${lines.join('\n')}\n`;
}

/** Long lists may stand out; the rest is aligned. */
const MAX_ASSIGNMENT_WIDTH = 48;

function shownValue({ unit }: Setting, value: string | undefined): string {
  if (unit === SECRET_UNIT && value) return '(set)';
  return value ?? '';
}
