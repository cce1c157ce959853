import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeSystemError, reasonOfCode, systemReason } from '../src/system-error.js';

const folder = mkdtempSync(path.join(tmpdir(), 'flotilla-system-error-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'file');
writeFileSync(file, '');

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('describeSystemError', () => {
  test.each([
    ['open', () => openSync(path.join(folder, 'none'), 'r'), `cannot open ${folder}/none: no such file or directory`],
    ['write', () => writeFileSync(folder, ''), `cannot open ${folder}: illegal operation on a directory`],
    ['mkdir', () => mkdirSync(file), `cannot make the folder ${file}: file already exists`],
    ['scandir', () => readdirSync(file), `cannot read the folder ${file}: not a directory`],
    ['rmdir', () => rmdirSync(file), `cannot remove the folder ${file}: not a directory`],
    ['read', () => readFileSync(folder), 'cannot read a file or a stream: illegal operation on a directory'],
  ])('says what could not be done, and why: %s', (_, work, sentence) => {
    expect(describeSystemError(thrownBy(work))).toBe(sentence);
  });

  test('names an address, and a program', async () => {
    const refused = await new Promise((resolve) => connect({ host: '127.0.0.1', port: 1 }).on('error', resolve));
    expect(describeSystemError(refused)).toBe('cannot connect to 127.0.0.1:1: connection refused');
    const both = new AggregateError([refused, refused]);
    expect(describeSystemError(both)).toBe('cannot connect to 127.0.0.1:1: connection refused');
    const missing = await new Promise((resolve) => execFile('/no/such/program', [], resolve));
    expect(describeSystemError(missing)).toBe('cannot start /no/such/program: no such file or directory');
  });

  test.each([new Error('a bug'), new TypeError('x is not a function'), undefined, null, 'text'])(
    'leaves what is none of the system’s alone: %s',
    (error) => {
      expect(describeSystemError(error)).toBeUndefined();
      expect(systemReason(error)).toBeUndefined();
    },
  );

  test('knows errors by their name alone', () => {
    expect(reasonOfCode('ECONNRESET')).toBe('connection reset by peer');
    expect(reasonOfCode('UND_ERR_SOCKET')).toBeUndefined();
  });
});
