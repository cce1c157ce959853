/** The code point whose first byte is at `at`. The bytes must be valid UTF-8 there. */
export function decodeAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return lead;
  const second = (bytes[at + 1] as number) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = (bytes[at + 2] as number) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] as number) & 0x3f);
}

/** Length in bytes of the sequence that begins with `lead`, in valid UTF-8. */
export function lengthOfLead(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Writes a code point to `out[at ..]`; returns where the next one goes. */
export function encodeAt(codePoint: number, out: Uint8Array, at: number): number {
  if (codePoint < 0x80) {
    out[at] = codePoint;
    return at + 1;
  }
  let next = at;
  if (codePoint < 0x800) {
    out[next++] = 0xc0 | (codePoint >>> 6);
  } else {
    if (codePoint < 0x10000) {
      out[next++] = 0xe0 | (codePoint >>> 12);
    } else {
      out[next++] = 0xf0 | (codePoint >>> 18);
      out[next++] = 0x80 | ((codePoint >>> 12) & 0x3f);
    }
    out[next++] = 0x80 | ((codePoint >>> 6) & 0x3f);
  }
  out[next++] = 0x80 | (codePoint & 0x3f);
  return next;
}
