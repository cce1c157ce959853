import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a fake `docker` says to the commands that begin so, the first that fits; it fails at all others. */
export type Answers = Readonly<
  Record<string, { readonly out?: string; readonly err?: string; readonly code?: number }>
>;

export const ENGINE_ON: Answers = { 'info ': { out: '26.1.5' } };
export const ENGINE_OFF: Answers = { 'info ': { err: 'Cannot connect to the Docker daemon', code: 1 } };
export const COMPOSE: Answers = { 'compose version ': { out: '2.26.1-4' } };
export const COMPOSE_MISSING: Answers = { 'compose version ': { err: "docker: 'compose' is not a command", code: 1 } };

/**
 * Puts an executable `docker` into a directory.
 *
 * @returns the PATH that finds it, and nothing but what a shell script needs.
 */
export function fakeDocker(directory: string, answers: Answers): string {
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  const cases = Object.entries(answers).map(([beginning, { out = '', err = '', code = 0 }], index) => {
    writeFileSync(join(bin, `out${index}`), out);
    writeFileSync(join(bin, `err${index}`), err);
    return `  '${beginning}'*) cat '${bin}/out${index}'; cat '${bin}/err${index}' >&2; exit ${code} ;;`;
  });
  const lines = [
    '#!/bin/sh',
    `echo "$* [$COMPOSE_PROFILES]" >>'${bin}/calls'`,
    'case "$* " in',
    ...cases,
    'esac',
    'exit 125',
    '',
  ];
  writeFileSync(join(bin, 'docker'), lines.join('\n'));
  chmodSync(join(bin, 'docker'), 0o755);
  return `${bin}:/usr/bin:/bin`;
}

/** All calls so far, one a line, with the profiles of Compose: `compose … stop service1a [two-balancers]`. */
export function callsOf(directory: string): string {
  const path = join(directory, 'bin', 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
