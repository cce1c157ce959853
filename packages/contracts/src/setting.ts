import type { z } from 'zod';
import { integer } from './setting-types.js';

/** Which kinds of process read a setting. A fleet hands all of them to every process; each takes its own. */
export type SettingUser = 'service' | 'balancer' | 'runtime';

/** One environment variable: its type, its default, and why it is what it is. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly env: string;
  readonly schema: Schema;
  /** As it would stand in the environment. Undefined: it has no default that fits every process. */
  readonly default: string | undefined;
  readonly unit: string;
  readonly purpose: string;
  readonly users: readonly SettingUser[];
}

/** Makes a setting. The order of the arguments is that of the table in the documents. */
export function setting<Schema extends z.ZodType>(
  env: string,
  schema: Schema,
  fallback: string | undefined,
  unit: string,
  users: readonly SettingUser[],
  purpose: string,
): Setting<Schema> {
  return { env, schema, default: fallback, unit, users, purpose };
}

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;
/** Longest time that a timer of Node can hold: 2^31 - 1 ms, about 24 days. */
export const MAX_TIMER_MS = 2_147_483_647;

export const milliseconds = integer(1, MAX_TIMER_MS);
/** Of what may also be off. */
export const millisecondsOrOff = integer(0, MAX_TIMER_MS);
export const percent = integer(0, 100);
export const bytes = integer(1, 64 * GIB);
export const both = ['service', 'balancer'] as const;
