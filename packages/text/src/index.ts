/**
 * The text engine: cleaning, counting, merging and rendering. Pure functions over bytes of UTF-8: no I/O, no clock,
 * no dependencies.
 *
 * A word is a maximal run between white space in the cleaned text; cleaning lower-cases, drops every character that is
 * neither letter, mark, number nor white space, and marks that stand on nothing, and folds each run of white space into
 * one space.
 *
 * ```ts
 * const cleaner = new Cleaner();
 * const counter = new WordCounter();
 * for (const piece of pieces) counter.write(cleaner.write(piece));
 * counter.write(cleaner.end());
 * const table = counter.end();
 * const report = renderReport({
 *   wordCount: table.totalWords,
 *   uniqueWords: table.uniqueWords,
 *   topWords: table.top(10),
 * });
 * ```
 *
 * Pieces have any size and are cut anywhere, also within a code point. A `write` of up to 256 KiB holds its thread for
 * less than 50 ms of processor time, whatever the text and however large the table (1 to 3 ms with ordinary text). What
 * walks through a whole table (`merge`, `top`) has a sliced form (`mergeSlices`, `topSlices`, and `toJson` and
 * `entries`, which are generators anyway), so that a caller can let others run in between.
 *
 * @packageDocumentation
 */
export { Cleaner } from './cleaner.js';
export { CountTable, type CountTableOptions } from './count-table.js';
export {
  type CleanerLimits,
  DEFAULT_CLEANER_LIMITS,
  DEFAULT_TABLE_LIMITS,
  type TableLimits,
} from './limits.js';
export { type ReportInput, renderReport } from './report.js';
export { finish } from './slices.js';
export { TextError, type TextErrorCode } from './text-error.js';
export { Utf8Stream } from './utf8-stream.js';
export { WordCounter } from './word-counter.js';
