import { stat } from 'node:fs/promises';
import { systemReason } from '@flotilla/terminal/system-error';
import { kindOf } from './find-text.js';
import { ClientError } from './problems.js';

/**
 * Writes a file for a person. An error of the system does not always say which file it is about.
 *
 * @throws ClientError that names the file, and why it can't be written.
 */
export async function writing(file: string, write: () => Promise<void>): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  // Opening it would wait for a reader, and nothing could end that.
  if (info && kindOf(info) === 'pipe') throw new ClientError(`cannot write ${file}: it is a pipe, and no file`);
  try {
    await write();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new ClientError(`cannot write ${file}: ${reason}`, undefined, { cause: error });
  }
}
