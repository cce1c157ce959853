import fc from 'fast-check';

/** One reader that is fed with random input. */
export interface FuzzTarget {
  readonly name: string;
  /** What must hold of every input. */
  readonly property: fc.IAsyncPropertyWithHooks<[never]>;
  /** What has been a fault once, or elsewhere: it comes first. */
  readonly examples: [never][];
  /** How many inputs there were, and of how many some was taken. */
  readonly seen: { inputs: number; taken: number };
}

/**
 * @param inputs - Sound ones, and such as are not.
 * @param check - Throws if one does what it must not: throws itself, keeps more than it may, or disagrees with the reference.
 * Tells whether some of the input was taken: a target that takes nothing compares nothing.
 * @param examples - Inputs that come before all others.
 */
export function fuzzTarget<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => boolean | Promise<boolean>,
  examples: readonly Input[] = [],
): FuzzTarget {
  const seen = { inputs: 0, taken: 0 };
  const property = fc.asyncProperty(inputs, async (input) => {
    seen.inputs++;
    if (await check(input)) seen.taken++;
  });
  const known = examples.map((example) => [example] as [never]);
  return { name, property: property as unknown as FuzzTarget['property'], examples: known, seen };
}
