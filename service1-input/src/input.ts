import { type BeginRelay, TextBodyReader, TextBodyWriter } from '@flotilla/stage';

/**
 * The door: checks that the body is JSON in UTF-8 of the right shape, and hands the text on as it stands, escapes and
 * all, without unpacking and packing it again.
 */
export const input: BeginRelay = ({ trail }, next) => {
  const writer = new TextBodyWriter(next, trail);
  const reader = new TextBodyReader('raw', trail, (bytes) => writer.text(bytes));
  return {
    write: (chunk) => reader.write(chunk),
    end: () => {
      reader.end();
      writer.end();
    },
  };
};
