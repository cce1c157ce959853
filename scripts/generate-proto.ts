/**
 * Writes the code of the `.proto` files. With `--check` it writes nothing, and fails if the code is not as it would be
 * written, if the files break buf's rules, or if they break clients of what is published.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const CONTRACTS = 'packages/contracts';

/** Folders with a `buf.yaml`, and where in them the code goes. */
const MODULES = [
  { folder: CONTRACTS, generated: 'src/gen' },
  { folder: 'test/rpc/interop', generated: 'gen' },
];

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
if (values.check) {
  // What is in `published` is there for good: clients have it.
  buf(CONTRACTS, 'breaking', 'proto', '--against', 'published');
  for (const { folder, generated } of MODULES) {
    buf(folder, 'lint');
    checkGenerated(folder, generated);
  }
} else {
  for (const { folder } of MODULES) buf(folder, 'generate');
}

function buf(folder: string, ...parameters: string[]): void {
  const { status, error } = spawnSync('buf', parameters, { cwd: join(ROOT, folder), stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(1);
}

function checkGenerated(folder: string, generated: string): void {
  const output = mkdtempSync(join(tmpdir(), 'flotilla-proto-'));
  try {
    buf(folder, 'generate', '--output', output);
    const isSame = contentOf(join(output, generated)) === contentOf(join(ROOT, folder, generated));
    if (isSame) return;
    process.stderr.write(`${folder}/${generated} is not what the .proto files say; run \`make proto\`.\n`);
    process.exitCode = 1;
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** Names and contents of all files of a folder. */
function contentOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return JSON.stringify(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]));
}
