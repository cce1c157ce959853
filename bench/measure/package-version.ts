import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';

/** The version of an npm package as it is installed. Undefined: it is not. */
export async function packageVersion(name: string): Promise<string | undefined> {
  try {
    const file = findPackageJSON(name, import.meta.url);
    return file === undefined ? undefined : (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}
