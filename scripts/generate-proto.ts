/**
 * Writes the code of the `.proto` files. With `--check` it writes nothing, and fails if the code is not as it would be
 * written, if the files break buf's rules, or if they break clients of what is published.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const CONTRACTS = join(import.meta.dirname, '../packages/contracts');
const GENERATED = 'src/gen';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
if (values.check) {
  buf('lint');
  // What is in `published` is there for good: clients have it.
  buf('breaking', 'proto', '--against', 'published');
  checkGenerated();
} else {
  buf('generate');
}

function buf(...parameters: string[]): void {
  const { status, error } = spawnSync('buf', parameters, { cwd: CONTRACTS, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(1);
}

function checkGenerated(): void {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-proto-'));
  try {
    buf('generate', '--output', folder);
    const isSame = contentOf(join(folder, GENERATED)) === contentOf(join(CONTRACTS, GENERATED));
    if (isSame) return;
    process.stderr.write(`packages/contracts/${GENERATED} is not what the .proto files say; run \`make proto\`.\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Names and contents of all files of a folder. */
function contentOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return JSON.stringify(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]));
}
