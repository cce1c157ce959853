import { FRAME_HEAD_BYTES, frameFlag, frameType, PREFACE } from '@flotilla/http2';

export { FRAME_HEAD_BYTES, frameFlag, frameType, PREFACE };

const NOTHING = Buffer.alloc(0);

/** A frame as it is on the wire, whether it makes sense or not: Node's own client would not send most of these. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = NOTHING): Buffer {
  const bytes = Buffer.alloc(FRAME_HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, FRAME_HEAD_BYTES);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The fields of a request to the pipeline, in HPACK, with nothing kept. */
export function requestFields(type: string): Buffer {
  const fields = [':method', 'POST', ':scheme', 'http', ':path', '/process', ':authority', 'localhost'];
  return Buffer.concat([...fields, 'content-type', type].map(literal));
}

/** A name, with the byte before it that begins a field; or a value. */
function literal(text: string, index: number): Buffer {
  const length = Buffer.from(index % 2 === 0 ? [0, text.length] : [text.length]);
  return Buffer.concat([length, Buffer.from(text)]);
}
