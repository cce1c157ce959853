import { execFile } from 'node:child_process';
import { basicEnvironment } from '../../measure/started-process.ts';

/** The version that a program tells. Undefined: it is not installed. */
export function installedVersion(program: string, flag: string, pattern: RegExp): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, [flag], { env: basicEnvironment }, (error, stdout, stderr) => {
      const isMissing = error !== null && 'code' in error && error.code === 'ENOENT';
      resolve(isMissing ? undefined : (pattern.exec(stdout + stderr)?.[1] ?? 'unknown'));
    });
  });
}
