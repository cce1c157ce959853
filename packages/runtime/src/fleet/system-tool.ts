import { execFile } from 'node:child_process';

/** What a tool of the system prints. Such tools report part of an answer by failing, so a failure is no error. */
export function askTool(tool: string, ...parameters: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(tool, parameters, { encoding: 'utf8' }, (_error, output) => resolve(output ?? ''));
  });
}
