/**
 * The characters of a field's name, in lower case, and of its value, each a byte, as they stand in a class of a regular
 * expression (RFC 9110, sections 5.1, 5.5 and 5.6.2). One list for every version of HTTP: what one of them takes is passed
 * on by another. No control character but the tab, though RFC 9113, section 8.2.1, would let most of them pass.
 */
export const NAME_CHARACTERS = "!#$%&'*+\\-.^_`|~0-9a-z";
export const VALUE_CHARACTERS = '\\t\\x20-\\x7e\\x80-\\xff';
