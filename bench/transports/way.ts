import { type TransportName, transportNames } from '../../client/dist/transport/transport.js';

/** How a text travels to the fleet. */
export interface Way {
  readonly transport: TransportName;
  /** Whole, as a JSON object or as one message; or in pieces, as a plain text or as a stream of messages. */
  readonly form: 'whole' | 'streamed';
}

/** From this size on a text is measured alone, read from the disk as it is sent. */
const LARGE_BYTES = 4_000_000;

export function isLarge(sizeBytes: number): boolean {
  return sizeBytes >= LARGE_BYTES;
}

/** The ways of a text of this size, in the order of the table. Who has a small one sends it whole. */
export function waysOf(sizeBytes: number): Way[] {
  const forms: Way['form'][] = isLarge(sizeBytes) ? ['whole', 'streamed'] : ['whole'];
  return transportNames.flatMap((transport) => forms.map((form): Way => ({ transport, form })));
}

const LABELS = {
  rest: { whole: 'REST, JSON', streamed: 'REST, text/plain' },
  grpc: { whole: 'gRPC, unary', streamed: 'gRPC, streaming' },
  connect: { whole: 'Connect, unary', streamed: 'Connect, streaming' },
} as const;

export function labelOf({ transport, form }: Way): string {
  return LABELS[transport][form];
}
