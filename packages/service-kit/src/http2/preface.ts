/** What a client of HTTP/2 sends first (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Whether bytes begin with the preface of HTTP/2, may become one when more arrive, or are something else. */
export function prefaceIn(bytes: Buffer): 'whole' | 'begun' | 'none' {
  const known = Math.min(bytes.length, PREFACE.length);
  if (PREFACE.compare(bytes, 0, known, 0, known) !== 0) return 'none';
  return known === PREFACE.length ? 'whole' : 'begun';
}
