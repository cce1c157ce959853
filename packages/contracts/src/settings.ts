import type { z } from 'zod';
import type { Setting } from './setting.js';
import { balancingSettings } from './settings-of-balancing.js';
import { processSettings } from './settings-of-process.js';
import { requestSettings } from './settings-of-request.js';
import { runtimeSettings } from './settings-of-runtime.js';

/**
 * Every environment variable that a process of the fleet reads. `docs/configuration.md` is generated from it. A
 * variable that begins with `FLOTILLA_` and is not here stops the process.
 */
export const settings = {
  ...processSettings,
  ...requestSettings,
  ...balancingSettings,
  ...runtimeSettings,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/** The value of a setting once it is read. */
export type SettingValue<Name extends SettingName> = z.infer<(typeof settings)[Name]['schema']>;

/** Prefix of the project's own variables; an unknown one with it is an error. */
export const SETTING_PREFIX = 'FLOTILLA_';
