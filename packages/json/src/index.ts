export { JsonError, type JsonErrorCode } from './errors.js';
export { JsonReader } from './reader.js';
export {
  type CountsSink,
  type JsonShape,
  jsonShape,
  type MemberSpec,
  type MemberSpecs,
  type ObjectSink,
  type SinkOf,
  type SinksOf,
  type TextSink,
  type ValueSink,
} from './shape.js';
export { escapeUtf8, escapeUtf8Into, jsonString } from './write.js';
