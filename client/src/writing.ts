import { systemReason } from '@flotilla/contracts/command-line';
import { ClientError } from './problems.js';

/**
 * Writes a file for a person. An error of the system does not always say which file it is about.
 *
 * @throws ClientError that names the file, and why it can't be written.
 */
export async function writing(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new ClientError(`cannot write ${file}: ${reason}`, undefined, { cause: error });
  }
}
