import {
  type MalformedCase,
  type Outcome,
  SMUGGLED,
  USUAL_END,
  USUAL_FIELDS,
  USUAL_HEAD,
} from '../test/malformed/cases/case.ts';
import { corpus } from '../test/malformed/cases/index.ts';
import { asHttp2 } from '../test/malformed/support/as-http2.ts';

/** Longer runs of one character are written as the character and a count. */
const MAX_RUN = 24;
/** What is sent is cut off behind so many characters. */
const MAX_SHOWN = 150;

/** Stands for an abbreviation until it is written: no byte of a request. */
const PRIVATE = 0xe000;

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\\': '\\\\',
};

/** What most cases have in common, and what it is called in the table. */
const ABBREVIATIONS: readonly (readonly [bytes: string, name: string])[] = [
  [SMUGGLED, '<smuggled>'],
  [USUAL_HEAD, '<head>'],
  [USUAL_FIELDS, '<fields>'],
  [USUAL_END, '<end>'],
];

/** `docs/malformed-requests.md`: every case of the tests, by area. */
export function malformedRequests(): string {
  const areas = Object.entries(corpus);
  const count = areas.reduce((sum, [, cases]) => sum + cases.length, 0);
  const byHttp2 = Object.values(corpus).flat().filter(asHttp2).length;
  const abbreviations = ABBREVIATIONS.map(([bytes, name]) => `| \`${name}\` | \`${escaped(bytes)}\` |`);
  const sections = areas.map(([area, cases]) => `## ${area}\n\n${table(cases)}`);
  return `# Malformed and ambiguous requests

What becomes of ${count} requests that are malformed, that two readers may read in two ways, or that only look so. Each is
either refused, and then nothing of it reaches an instance, or forwarded so that it has one reading. The tests send every
one of them over a raw socket to a balancer, whole, byte by byte and cut at random places, and read what reaches the
instance with a stricter parser of their own. What is refused they send to a service too. ${byHttp2} of them can be said in
HTTP/2 as well, those that are about no lines, chunks, versions or pipelines; there they come to the same, but that a field or a
length that is malformed has its stream reset (RFC 9113, 8.1.1). Source: \`test/malformed/cases/\`.

Every request that goes on is rewritten: with one \`Host\`, with one \`Content-Length\` or one
\`Transfer-Encoding: chunked\` as its body is at hand, with an \`X-Request-Id\`, and with nothing of the client's framing or
connection. The checks are in \`packages/http-server/src/message/head-checks.ts\`, for every version of HTTP, and in \`request-checks.ts\` beside it,
behind those of Node's own parser.

The second column is what the client writes; *end* says that it ends its side after it. \`x{100}\` is a hundred times x,
\`⋯\` is the rest of what is too long for a table, and:

| short | bytes |
|---|---|
${abbreviations.join('\n')}

The third column is the status and [code](errors.md) of a refusal, or that the request is *forwarded*, and what is changed
in it. *Closed* says that the connection is closed. Behind a request that is refused with 400, 414, 417 or 431, nothing is
looked at any more. What is refused while the answer to a request before it is still to come gets none of its own: that
one's is the last.

${sections.join('\n\n')}
`;
}

function table(cases: readonly MalformedCase[]): string {
  const rows = cases.map((each) => {
    const sent = `${asCode(shortened(each.bytes))}${each.halfCloses ? ' *end*' : ''}`;
    return `| ${each.name} | ${sent} | ${answer(each)} | ${inCell(each.why)} |`;
  });
  return `| request | sent | answer | why |\n|---|---|---|---|\n${rows.join('\n')}`;
}

function shortened(bytes: string): string {
  const parts = ABBREVIATIONS.reduce(
    (text, [part], n) => text.replaceAll(part, String.fromCharCode(PRIVATE + n)),
    bytes,
  );
  const text = escaped(parts);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}⋯` : text;
}

/** Bytes as one reads them in source code, and repeated ones with their count. */
function escaped(bytes: string): string {
  return bytes.replaceAll(/(.{1,6}?)\1+|./gs, (run, unit: string | undefined) => {
    if (unit === undefined || run.length < MAX_RUN) return escapedText(run);
    const written = unit.length === 1 ? escapedText(unit) : `(${escapedText(unit)})`;
    return `${written}{${run.length / unit.length}}`;
  });
}

function escapedText(text: string): string {
  return Array.from(text, escapedCharacter).join('');
}

function escapedCharacter(character: string): string {
  const code = character.charCodeAt(0);
  const [, abbreviation] = ABBREVIATIONS[code - PRIVATE] ?? [];
  const known = abbreviation ?? NAMED_ESCAPES[character];
  if (known !== undefined) return known;
  return code < 0x20 || code > 0x7e ? `\\x${code.toString(16).padStart(2, '0')}` : character;
}

function answer({ outcomes, halfCloses }: MalformedCase): string {
  if (outcomes.length === 0) return 'none, closed';
  const told = outcomes.map(toldOutcome).join('; then ');
  const isClosed = halfCloses || !outcomes.at(-1)?.staysOpen;
  return isClosed ? `${told}, closed` : told;
}

function toldOutcome(outcome: Outcome): string {
  if (outcome.kind === 'forwarded') return outcome.change ? `forwarded: ${inCell(outcome.change)}` : 'forwarded';
  const begins = outcome.beginsAtInstance ? ', the instance’s connection broken off' : '';
  return `**${outcome.status}** \`${outcome.code}\`${begins}`;
}

/** Code in a table's cell. Two backticks around it, where it may have one itself. */
function asCode(text: string): string {
  if (text === '') return 'nothing';
  const inside = text.replaceAll('|', '\\|');
  return inside.includes('`') ? `\`\` ${inside} \`\`` : `\`${inside}\``;
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
