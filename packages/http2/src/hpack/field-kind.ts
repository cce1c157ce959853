/** How a field is sent: the bits that say so, and those that are left for a number (RFC 7541, section 6). */
export interface FieldKind {
  readonly bits: number;
  readonly mask: number;
}

/** It is in a table, as a whole. */
export const INDEXED: FieldKind = { bits: 0x80, mask: 0x7f };
/** It is kept in the table from now on. */
export const KEPT: FieldKind = { bits: 0x40, mask: 0x3f };
/** No field: the table has another size from now on. */
export const RESIZED: FieldKind = { bits: 0x20, mask: 0x1f };
/** It must not be kept by anybody who passes it on. */
export const NEVER_KEPT: FieldKind = { bits: 0x10, mask: 0x0f };
export const NOT_KEPT: FieldKind = { bits: 0x00, mask: 0x0f };
/** A length, in a byte of its own. */
export const LENGTH: FieldKind = { bits: 0x00, mask: 0x7f };
