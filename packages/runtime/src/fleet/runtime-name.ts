/** Ways to run a fleet. */
const RUNTIME_NAMES = ['local', 'docker'] as const;
export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** What a person asks for. `auto`: Docker where it answers, else local processes. */
export const RUNTIME_CHOICES = ['auto', ...RUNTIME_NAMES] as const;
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number];
