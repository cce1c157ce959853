import { connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { TextRequestSchema } from '@flotilla/contracts/rpc';
import { stageNumbered } from '@flotilla/topology';
import { dripping } from '../rest/slow-http1.js';
import type { SlowKind } from '../slow-clients.js';

const [{ path = '' } = {}] = stageNumbered(1).rpc.methods;
const HEADERS = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };

/** The head of a message's frame: not compressed, and so long. */
function frameHead(messageBytes: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(messageBytes, 1);
  return head;
}

const ANNOUNCED_BYTES = 1_000_000;
/** What a large message has sent before it slows down: more than is waited for before an instance is chosen. */
const QUICK_BYTES = 70_000;
const REQUEST = Buffer.from(toBinary(TextRequestSchema, create(TextRequestSchema, { text: 'word '.repeat(100) })));

/** They drip the preface of HTTP/2, a message from its beginning, or the rest of one; or read an answer by the byte. */
export const slowHttp2Kinds: readonly SlowKind[] = [
  dripping('PRI ', '* HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  trickling(frameHead(ANNOUNCED_BYTES)),
  trickling(Buffer.concat([frameHead(ANNOUNCED_BYTES), Buffer.alloc(QUICK_BYTES, 'a')])),
  slowlyReading,
];

/** @param beginning - Sent at once. */
function trickling(beginning: Buffer): SlowKind {
  return (port, onClose) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {}).on('close', onClose);
    const stream = session.request(HEADERS, { endStream: false });
    // A call that was answered is over, and so is this client's reason to stay.
    stream.on('error', () => {}).on('close', () => session.destroy());
    stream.resume();
    stream.write(beginning);
    return {
      step: () => {
        if (stream.writable) stream.write('a');
      },
      close: () => session.destroy(),
    };
  };
}

/** The window of the stream is closed at first, and opens by a byte. */
function slowlyReading(port: number, onClose: () => void) {
  let windowBytes = 0;
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: windowBytes } });
  session.on('error', () => {}).on('close', onClose);
  const stream = session.request(HEADERS, { endStream: false });
  stream.on('error', () => {}).on('close', () => session.destroy());
  // What has been read is not given back to the window, so that only its growth lets more come.
  stream.pause();
  stream.end(Buffer.concat([frameHead(REQUEST.length), REQUEST]));
  return {
    step: () => {
      if (session.connecting || session.closed || session.destroyed) return;
      session.settings({ initialWindowSize: ++windowBytes });
    },
    close: () => session.destroy(),
  };
}
