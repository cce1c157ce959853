/** Bits of each byte's code (RFC 7541, appendix B). A code is that before it, plus one: shorter ones first, then by byte. */
// biome-ignore format: sixteen in a row
const CODE_BITS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];
const LONGEST_BITS = 30;

/** Steps of four bits: what a node of the tree becomes, and which byte is complete by then. */
const STEP_BITS = 4;
const STEPS = 1 << STEP_BITS;
/** No byte is complete. */
const ABSENT = -1;
/** The code of 30 ones, which ends a string before its length does: it must not come. */
const END_OF_STRING = 256;

/** The tree of codes: for each node its two branches, a node's number or, below 0, a byte's complement. */
function buildTree(): number[][] {
  const tree: number[][] = [[]];
  const place = (symbol: number, code: number, bits: number) => {
    let node = 0;
    for (let bit = bits - 1; bit > 0; bit--) {
      const branches = tree[node] as number[];
      const side = (code >> bit) & 1;
      branches[side] ??= tree.push([]) - 1;
      node = branches[side] as number;
    }
    (tree[node] as number[])[code & 1] = ~symbol;
  };
  let code = 0;
  for (let bits = 1; bits <= LONGEST_BITS; bits++) {
    code *= 2;
    for (let byte = 0; byte < CODE_BITS.length; byte++) if (CODE_BITS[byte] === bits) place(byte, code++, bits);
  }
  place(END_OF_STRING, code, LONGEST_BITS);
  return tree;
}

const { next, byteOf, mayEnd } = buildSteps(buildTree());

/** All steps from each node. A code has five bits or more, so that no more than one byte is complete in a step. */
function buildSteps(tree: number[][]) {
  const nodes = tree.length;
  const steps = { next: new Int16Array(nodes * STEPS), byteOf: new Int16Array(nodes * STEPS), mayEnd: endsOf(tree) };
  for (let node = 0; node < nodes; node++) {
    for (let bits = 0; bits < STEPS; bits++) {
      let at = node;
      let byte = ABSENT;
      for (let bit = STEP_BITS - 1; bit >= 0; bit--) {
        const branch = (tree[at] as number[])[(bits >> bit) & 1] as number;
        if (branch < 0) byte = ~branch;
        at = branch < 0 ? 0 : branch;
      }
      steps.next[node * STEPS + bits] = at;
      steps.byteOf[node * STEPS + bits] = byte;
    }
  }
  return steps;
}

/** A string is filled up to a whole byte by ones, fewer than eight: the nodes that those lead to. */
function endsOf(tree: number[][]): Uint8Array {
  const ends = new Uint8Array(tree.length);
  let node = 0;
  for (let bits = 0; bits < 8; bits++) {
    ends[node] = 1;
    node = (tree[node] as number[])[1] as number;
  }
  return ends;
}

/** A short code has five bits: a string has at most this many times its encoded length. */
const LARGEST_GROWTH = 8 / 5;
let scratch = Buffer.allocUnsafe(4096);

/**
 * Reads a string in the code of RFC 7541, section 5.2.
 *
 * @returns It, a character a byte; undefined if it is none.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  const mostBytes = Math.ceil((end - start) * LARGEST_GROWTH);
  if (scratch.length < mostBytes) scratch = Buffer.allocUnsafe(mostBytes);
  let node = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const two = bytes[i] as number;
    for (let shift = STEP_BITS; shift >= 0; shift -= STEP_BITS) {
      const step = node * STEPS + ((two >> shift) & (STEPS - 1));
      const byte = byteOf[step] as number;
      if (byte === END_OF_STRING) return undefined;
      if (byte !== ABSENT) scratch[length++] = byte;
      node = next[step] as number;
    }
  }
  return mayEnd[node] === 1 ? scratch.toString('latin1', 0, length) : undefined;
}
