import { type BeginRelay, textReader, textWriter } from '@flotilla/stage';

/**
 * The fleet's entry point: checks that the body is a text in UTF-8, in JSON of the right shape or as itself, and hands it on as it
 * stands, escapes and all, without unpacking and packing it again.
 */
export const input: BeginRelay = ({ format, context }, next) => {
  const writer = textWriter(format, next, context);
  const reader = textReader(format, 'raw', context, (bytes) => writer.text(bytes));
  return {
    write: (chunk) => reader.write(chunk),
    end: () => {
      reader.end();
      writer.end();
    },
  };
};
