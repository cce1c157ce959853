import { GIB, MIB, type Setting, setting } from './setting.js';
import { integer, text } from './setting-types.js';

/** What runs a fleet. */
export const runtimeSettings = {
  maxLogBytes: setting(
    'FLOTILLA_MAX_LOG_BYTES',
    integer(4096, 64 * GIB),
    String(32 * MIB),
    'bytes',
    ['runtime'],
    'Size at which the local runtime puts a process’s log aside; one older file is kept.',
  ),
  portOffset: setting(
    'FLOTILLA_PORT_OFFSET',
    integer(0, 57_000),
    '0',
    'ports',
    ['runtime'],
    'Added to every port of a local fleet, so that a second one can stand beside the first.',
  ),
  stateDir: setting(
    'FLOTILLA_STATE_DIR',
    text(1, 4096),
    '.flotilla',
    'path',
    ['runtime'],
    'Where the runtime keeps what it remembers of the fleet that it started, and a local fleet’s logs.',
  ),
} as const satisfies Record<string, Setting>;
