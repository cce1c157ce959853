/**
 * The number grammar of RFC 8259 section 6 as an automaton, so that a number can be cut anywhere.
 * States: 0 nothing yet, 1 minus, 2 zero, 3 integer, 4 point, 5 fraction, 6 e, 7 sign of the exponent, 8 exponent.
 */
const CLASS = new Uint8Array(256);
const ZERO = 1;
const DIGIT = 2;
const MINUS = 3;
const PLUS = 4;
const POINT = 5;
const E = 6;
for (const digit of '123456789') CLASS[digit.charCodeAt(0)] = DIGIT;
for (const [character, kind] of Object.entries({ 0: ZERO, '-': MINUS, '+': PLUS, '.': POINT, e: E, E })) {
  CLASS[character.charCodeAt(0)] = kind;
}

/** `NEXT[state * 8 + class]`: the next state, or 0 where the byte does not continue the number. */
const NEXT = new Uint8Array(9 * 8);
const MOVES: readonly (readonly [state: number, classes: readonly number[], next: number])[] = [
  [0, [MINUS], 1],
  [0, [ZERO], 2],
  [0, [DIGIT], 3],
  [1, [ZERO], 2],
  [1, [DIGIT], 3],
  [2, [POINT], 4],
  [2, [E], 6],
  [3, [ZERO, DIGIT], 3],
  [3, [POINT], 4],
  [3, [E], 6],
  [4, [ZERO, DIGIT], 5],
  [5, [ZERO, DIGIT], 5],
  [5, [E], 6],
  [6, [PLUS, MINUS], 7],
  [6, [ZERO, DIGIT], 8],
  [7, [ZERO, DIGIT], 8],
  [8, [ZERO, DIGIT], 8],
];
for (const [state, classes, next] of MOVES) {
  for (const kind of classes) NEXT[state * 8 + kind] = next;
}

/** States in which a number may end. */
const COMPLETE = [false, false, true, true, false, true, false, false, true];

/** @returns the state after `byte`, or 0 when `byte` does not belong to the number */
export function nextNumberState(state: number, byte: number): number {
  return NEXT[state * 8 + (CLASS[byte] as number)] as number;
}

/** @returns whether a number may end in this state */
export function isNumberComplete(state: number): boolean {
  return COMPLETE[state] === true;
}
