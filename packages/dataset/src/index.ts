/**
 * A text like real language, of any size, from a seed; for benchmarks, tests and demonstrations.
 *
 * @packageDocumentation
 */
export { generateText } from './generate.js';
export { parseSize } from './size.js';
