export { ClientConnection, type ClientOwner, type ResponseObserver } from './client-connection.js';
export type { ConnectionLimits } from './connection.js';
export { NAME_CHARACTERS, VALUE_CHARACTERS } from './field-characters.js';
export type { RequestHead, ResponseHead } from './field-rules.js';
export { HeldData } from './held-data.js';
export { keptPiece } from './kept-piece.js';
export { errorCode, PREFACE } from './protocol.js';
export { type InboundStream, ServerConnection, type ServerLimits, type ServerOwner } from './server-connection.js';
export type { Stream, StreamEnding, StreamObserver } from './stream.js';
