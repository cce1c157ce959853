import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemReason } from '@flotilla/terminal/system-error';
import { ClientError } from './problems.js';

/** Where a bare file name is looked for when there is no such file in the working directory. */
export const DATASETS_FOLDER = path.join(import.meta.dirname, '../../datasets');

/** Standard input, as Unix tools have it. */
const STANDARD_INPUT = '-';
/** What the shell hands over already open: `/dev/stdin`, and `/dev/fd/63` for `<(zcat text.gz)`. */
const OPEN_ALREADY = /^(?:\/dev\/(?:stdin|fd\/(\d+))|\/proc\/self\/fd\/(\d+))$/;

/** What kinds of files there are, as one says it. */
export type FileKind = 'file' | 'pipe' | 'socket' | 'folder' | 'device';

/** A text as it was named, not opened yet. */
export interface FoundText {
  readonly path: string;
  readonly kind: FileKind;
  /** The descriptor under which it is open already. Opening it anew would miss that its writer has left. */
  readonly descriptor?: number;
}

export function kindOf(info: Stats): FileKind {
  if (info.isFile()) return 'file';
  if (info.isFIFO()) return 'pipe';
  if (info.isSocket()) return 'socket';
  return info.isDirectory() ? 'folder' : 'device';
}

/**
 * Looks a text up by its path, or by its bare name in the folder of datasets, and at what kind of file it is: opening
 * a pipe waits for its writer, and a device may do anything.
 *
 * @throws ClientError when there is none, or it is nothing that a text can be read from.
 */
export async function findText(nameOrPath: string): Promise<FoundText> {
  const found = await look(nameOrPath);
  const isReadable = found.kind === 'file' || found.kind === 'pipe' || found.descriptor !== undefined;
  if (isReadable && found.kind !== 'folder') return found;
  throw new ClientError(`${found.path} is a ${found.kind}, and no text to read`);
}

async function look(nameOrPath: string): Promise<FoundText> {
  if (nameOrPath === STANDARD_INPUT) return { path: nameOrPath, kind: await kindAt('/dev/stdin'), descriptor: 0 };
  const open = OPEN_ALREADY.exec(nameOrPath);
  if (open) {
    const kind = await kindAt(nameOrPath);
    // A file can be read from its beginning, at several places at once.
    return { path: nameOrPath, kind, ...(kind === 'file' ? {} : { descriptor: Number(open[1] ?? open[2] ?? 0) }) };
  }
  const isBareName = path.basename(nameOrPath) === nameOrPath;
  const candidates = isBareName ? [nameOrPath, path.join(DATASETS_FOLDER, nameOrPath)] : [nameOrPath];
  for (const candidate of candidates) {
    const info = await stat(candidate).catch(() => undefined);
    if (info) return { path: candidate, kind: kindOf(info) };
  }
  const where = isBareName ? ', neither here nor in datasets/' : '';
  throw new ClientError(`there is no file ${nameOrPath}${where}`, 'A text can be made: make dataset SIZE=32MB SEED=1');
}

/** What kind of file is at a path. @throws ClientError where there is none that may be looked at. */
export async function kindAt(file: string): Promise<FileKind> {
  try {
    return kindOf(await stat(file));
  } catch (error) {
    throw cannotRead(file, error);
  }
}

/** The error for what the system does not let one read; an error of another kind as it is. */
export function cannotRead(file: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new ClientError(`cannot read ${file}: ${reason}`, undefined, { cause: error });
}
