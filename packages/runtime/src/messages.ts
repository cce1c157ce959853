import type { RuntimeName } from './fleet/runtime-name.js';

/** `2025-11-21 01:13:05` where the reader is. */
export function localTime(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE');
}

/** Follows the name of a fleet. Local processes are what a fleet is unless said otherwise. */
export function underDocker(runtime: RuntimeName): string {
  return runtime === 'docker' ? ' under Docker' : '';
}
