import { casesOfEndings } from './cases-of-endings.js';
import { casesOfMessages } from './cases-of-messages.js';

/** A case of gRPC's interoperability tests, by the name that its description gives it. */
export interface InteropCase {
  readonly name: string;
  /** Runs it against a port; fails if what comes is not what the description asks for. */
  readonly run: (port: number) => Promise<void>;
}

/**
 * The cases (github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md), without those of encryption,
 * authentication and compression.
 */
export const cases: readonly InteropCase[] = [...casesOfMessages, ...casesOfEndings];
