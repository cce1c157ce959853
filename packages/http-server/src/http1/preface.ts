import { PREFACE } from '@flotilla/http2';

/** Whether bytes begin with the preface of HTTP/2, may become one when more arrive, or are something else. */
export function prefaceIn(bytes: Buffer): 'whole' | 'partial' | 'none' {
  const known = Math.min(bytes.length, PREFACE.length);
  if (PREFACE.compare(bytes, 0, known, 0, known) !== 0) return 'none';
  return known === PREFACE.length ? 'whole' : 'partial';
}
