/** What a report is made of: the shape of stage 3's answer. */
export interface ReportInput {
  readonly wordCount: number;
  readonly uniqueWords: number;
  /** The most frequent words, most frequent first; the report shows the first ten. */
  readonly topWords: readonly (readonly [word: string, count: number])[];
}

const TOP_WORDS = 10;
/** Longer words are cut for display; the report is for people. */
const MAX_DISPLAY_CODE_POINTS = 40;
const TITLE = 'Word count report';

/**
 * Renders the report of stage 4, a text for people: total words, unique words, and the ten most frequent words with
 * count and share. The same numbers always give the same text, whatever the locale.
 *
 * The word comes last in its line, so that wide characters, combining marks and right-to-left scripts cannot move the
 * columns of numbers.
 */
export function renderReport(input: ReportInput): string {
  const totals = [groupThousands(input.wordCount), groupThousands(input.uniqueWords)] as const;
  const width = Math.max(totals[0].length, totals[1].length);
  const lines = [
    TITLE,
    '='.repeat(TITLE.length),
    '',
    `Total words:   ${totals[0].padStart(width)}`,
    `Unique words:  ${totals[1].padStart(width)}`,
    '',
    ...topLines(input),
  ];
  return `${lines.join('\n')}\n`;
}

function topLines(input: ReportInput): string[] {
  const top = input.topWords.slice(0, TOP_WORDS);
  if (top.length === 0) return ['The text has no words.'];
  const counts = top.map(([, count]) => groupThousands(count));
  const width = Math.max('Count'.length, ...counts.map((count) => count.length));
  return [
    'Most frequent words',
    '',
    `Rank  ${'Count'.padStart(width)}     Share  Word`,
    ...top.map(([word, count], i) => {
      const rank = String(i + 1).padStart(4);
      const share = `${percentage(count, input.wordCount)} %`.padStart(8);
      return `${rank}  ${(counts[i] as string).padStart(width)}  ${share}  ${displayWord(word)}`;
    }),
  ];
}

function percentage(count: number, total: number): string {
  return (total > 0 ? (100 * count) / total : 0).toFixed(2);
}

/** 1234567 becomes 1,234,567. */
function groupThousands(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Cuts long words, shows control and format characters as U+FFFD, and gives a leading mark a circle to stand on. */
function displayWord(word: string): string {
  return cut(word)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')
    .replace(/^(?=\p{M})/u, '\u25cc');
}

function cut(word: string): string {
  // No more UTF-16 units than that are no more code points.
  if (word.length <= MAX_DISPLAY_CODE_POINTS) return word;
  // Two units hold any code point: the rest of a megabyte word need not be walked through.
  const codePoints = [...word.slice(0, 2 * (MAX_DISPLAY_CODE_POINTS + 1))];
  if (codePoints.length <= MAX_DISPLAY_CODE_POINTS) return word;
  return `${codePoints.slice(0, MAX_DISPLAY_CODE_POINTS - 1).join('')}…`;
}
