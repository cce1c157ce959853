import { Buffer } from 'node:buffer';

/** One declared member of an object. Members that are not declared are checked and skipped. */
export type MemberSpec =
  /** One string of any length, handed out in pieces: as it stands between the quotes, or unescaped. */
  | { readonly kind: 'text'; readonly mode: 'raw' | 'decoded' }
  /** A small value, kept and parsed. `maxBytes` counts its bytes in the document, white space inside it included. */
  | { readonly kind: 'value'; readonly maxBytes: number }
  /** An object of word to count, handed out entry by entry. `maxKeyBytes` counts unescaped UTF-8 bytes. */
  | { readonly kind: 'counts'; readonly maxKeyBytes: number }
  | { readonly kind: 'object'; readonly members: MemberSpecs };

export type MemberSpecs = { readonly [name: string]: MemberSpec };

/** Takes a text. Every piece holds whole code points, and in raw mode whole escapes. */
export interface TextSink {
  begin?(): void;
  /**
   * @param bytes valid until the call returns. Raw pieces are views of the chunk given to `write` (or memory of their
   *   own), so the owner of the chunks may keep them; decoded pieces lie in memory that is used again.
   */
  chunk(bytes: Uint8Array): void;
  end?(): void;
}

export interface CountsSink {
  begin?(): void;
  /**
   * One entry, in the order of the document; a key given twice arrives twice. The key is `bytes[start..end)`,
   * unescaped UTF-8, valid until the call returns.
   *
   * @param count a non-negative safe integer
   */
  entry(bytes: Uint8Array, start: number, end: number, count: number): void;
  end?(): void;
}

export interface ObjectSink<S extends MemberSpecs> {
  begin?(): void;
  readonly members: SinksOf<S>;
  end?(): void;
}

/** Takes what `JSON.parse` makes of the value. */
export type ValueSink = (value: unknown) => void;

export type SinkOf<M extends MemberSpec> = M extends { kind: 'text' }
  ? TextSink
  : M extends { kind: 'value' }
    ? ValueSink
    : M extends { kind: 'counts' }
      ? CountsSink
      : M extends { kind: 'object'; members: infer S extends MemberSpecs }
        ? ObjectSink<S>
        : never;

/** One sink for every declared member. */
export type SinksOf<S extends MemberSpecs> = { readonly [K in keyof S]: SinkOf<S[K]> };

/** A declared member, compiled. All nodes have the same fields, so that reading them stays fast. */
export interface ShapeNode {
  readonly kind: MemberSpec['kind'];
  readonly name: string;
  readonly nameBytes: Uint8Array;
  /** Dotted; `''` for the top level. */
  readonly path: string;
  /** Own bit in the set of members seen: a declared member appears at most once in a document, at any level. */
  readonly bit: number;
  readonly raw: boolean;
  /** `maxBytes` of a value, `maxKeyBytes` of counts, the longest declared name of an object. */
  readonly maxBytes: number;
  readonly parent: ShapeNode | undefined;
  readonly members: ShapeNode[];
}

/** What a document looks like: compiled once, shared by every reader. */
export interface JsonShape<S extends MemberSpecs> {
  /** The declaration it was compiled from. */
  readonly specs: S;
  readonly top: ShapeNode;
  readonly maxDepth: number;
}

/** The members seen are bits of one small integer. */
const MAX_MEMBERS = 30;
const DEFAULT_MAX_DEPTH = 64;

/**
 * Compiles a declaration.
 *
 * @param members the declared members of the top-level object
 * @param limits `maxDepth`: how many objects and arrays may be open at once, the top level included (default 64: no
 *   body of ours comes near, and what is skipped costs one number per level)
 * @throws RangeError on a limit that is not a positive safe integer, and on more than 30 members in all
 */
export function jsonShape<const S extends MemberSpecs>(
  members: S,
  limits?: { readonly maxDepth: number },
): JsonShape<S> {
  const maxDepth = limits?.maxDepth ?? DEFAULT_MAX_DEPTH;
  checkLimit('maxDepth', maxDepth);
  const count = { members: 0 };
  const top = compile('', { kind: 'object', members }, undefined, count);
  if (count.members > MAX_MEMBERS) throw new RangeError(`a shape has at most ${MAX_MEMBERS} members`);
  return { specs: members, top, maxDepth };
}

function compile(name: string, spec: MemberSpec, parent: ShapeNode | undefined, count: { members: number }): ShapeNode {
  const children = spec.kind === 'object' ? Object.entries(spec.members) : [];
  const node: ShapeNode = {
    kind: spec.kind,
    name,
    nameBytes: new Uint8Array(Buffer.from(name)),
    path: parent === undefined || parent.path === '' ? name : `${parent.path}.${name}`,
    bit: parent === undefined ? 0 : 1 << count.members++,
    raw: spec.kind === 'text' && spec.mode === 'raw',
    maxBytes: limitOf(spec),
    parent,
    members: [],
  };
  for (const [childName, child] of children) node.members.push(compile(childName, child, node, count));
  return node;
}

function limitOf(spec: MemberSpec): number {
  switch (spec.kind) {
    case 'text':
      return 0;
    case 'object':
      return Math.max(0, ...Object.keys(spec.members).map((name) => Buffer.byteLength(name)));
    case 'value':
      return checkLimit('maxBytes', spec.maxBytes);
    case 'counts':
      return checkLimit('maxKeyBytes', spec.maxKeyBytes);
  }
}

function checkLimit(name: string, limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`${name} must be a positive safe integer`);
  return limit;
}

/**
 * @param object a node of kind `object`
 * @param bytes where the key lies, unescaped, from `from` to `to`
 * @returns the declared member of that name, or `undefined`
 */
export function findMember(object: ShapeNode, bytes: Uint8Array, from: number, to: number): ShapeNode | undefined {
  for (const member of object.members) {
    if (member.nameBytes.length === to - from && isAt(member.nameBytes, bytes, from)) return member;
  }
  return undefined;
}

function isAt(name: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < name.length; i++) {
    if (name[i] !== bytes[from + i]) return false;
  }
  return true;
}
