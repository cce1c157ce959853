/** Colours that are told apart by everybody, on white: the drawings stand on pages of any colour. */
export const COLOURS = ['#0072b2', '#e69f00', '#009e73'] as const;
export const INK = '#222222';
export const PALE = '#cccccc';
const FONT_PX = 13;
/** Wide enough for any character of the font on average. */
const CHARACTER_PX = 7;

export function textWidthPx(text: string): number {
  return text.length * CHARACTER_PX;
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element; `content` is markup, or text that was escaped. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(shortened(value))}"`);
  return `<${name} ${written.join(' ')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, fill: INK, ...attributes }, escapeXml(text));
}

/** A whole drawing with a title. */
export function drawing(widthPx: number, heightPx: number, title: string, parts: readonly string[]): string {
  const size = { width: widthPx, height: heightPx, viewBox: `0 0 ${shortened(widthPx)} ${shortened(heightPx)}` };
  const font = { 'font-family': 'system-ui, sans-serif', 'font-size': FONT_PX };
  const content = [
    element('title', { id: 'title' }, escapeXml(title)),
    element('rect', { width: '100%', height: '100%', fill: '#ffffff' }),
    textAt(12, 24, title, { 'font-weight': 600 }),
    ...parts,
  ];
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', role: 'img', 'aria-labelledby': 'title', ...size, ...font };
  return `${element('svg', attributes, `\n${content.join('\n')}\n`)}\n`;
}

/** Coordinates need no more than a tenth of a pixel. */
function shortened(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
