import { type BeginRelay, textReader, textWriter } from '@flotilla/stage';
import { Cleaner } from '@flotilla/text';

/** Cleans a text as it passes. What is left of it needs no escapes: letters, marks, numbers and single spaces. */
export function preprocess({ maxWordBytes }: { readonly maxWordBytes: number }): BeginRelay {
  return ({ format, context }, next) => {
    const cleaner = new Cleaner({ maxHeldBytes: maxWordBytes });
    const writer = textWriter(format, next, context);
    const reader = textReader(format, 'decoded', context, (bytes) => writer.text(cleaner.write(bytes)));
    return {
      write: (chunk) => reader.write(chunk),
      end: () => {
        reader.end();
        writer.text(cleaner.end());
        writer.end();
      },
    };
  };
}
