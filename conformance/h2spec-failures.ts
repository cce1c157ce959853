/**
 * Compares what h2spec found with what is known, and fails at what is not:
 *
 *     node conformance/h2spec-failures.ts report.xml known-failures.txt
 */
import { readFileSync } from 'node:fs';

const [reportPath = '', knownPath = ''] = process.argv.slice(2);
const FAILED = /<testcase package="([^"]*)" classname="([^"]*)"[^>]*>\s*<(?:failure|error)/g;

const failed = [...readFileSync(reportPath, 'utf8').matchAll(FAILED)].map(([, section, name]) => `${section}: ${name}`);
const known = new Set(
  readFileSync(knownPath, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')),
);
const news = failed.filter((each) => !known.has(each));
for (const each of news) process.stderr.write(`not known to fail: ${each}\n`);
process.stdout.write(`${failed.length} fail, ${failed.length - news.length} of them known\n`);
process.exitCode = news.length === 0 ? 0 : 1;
