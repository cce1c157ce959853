export { RequestContext } from './access-log/request-context.js';
export { addRoutes } from './add-routes.js';
export { answerClientError, answerHalfClosed } from './answer/connection-errors.js';
export { registerProblems, sendProblem } from './answer/problem-responses.js';
export type { Handler, HttpExchange, Route, RpcRoutes } from './answer/routes.js';
export { closeConnectionsOnDrain } from './http1/drain-connections.js';
export { registerAccessLog, requestIdOf } from './http1/node-context.js';
export { endConnectionAfter, refusal, refuseWhatNodeRefuses, targetOf } from './http1/request-checks.js';
export { bodyLimit, streamLimit } from './message/body-limits.js';
export { callBack, endInto, failInto } from './message/boundary.js';
export { type ContentCoding, contentCodingOf } from './message/content-coding.js';
export type {
  BodyLimit,
  BodySink,
  FaultTaker,
  InboundRequest,
  OutboundResponse,
  Receiving,
} from './message/exchange.js';
export { fieldValue, isName, parseFieldLines } from './message/field-lines.js';
export { typeInUtf8, unsupportedMediaType } from './message/media-type.js';
export { NameSet } from './message/name-set.js';
export { checkAnnouncedLength, discardRest, tooLarge } from './message/receive.js';
export { checkAnnouncedLengthOf, receiveUnpacked } from './message/receive-unpacked.js';
export type { RpcProtocol } from './message/rpc-protocol.js';
export { MAX_TARGET_BYTES } from './message/target.js';
