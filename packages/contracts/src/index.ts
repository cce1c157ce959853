export { header, isHeaderSafeId } from './headers.js';
export {
  FlotillaError,
  PROBLEM_MEDIA_TYPE,
  type ProblemCode,
  type ProblemExtra,
  problemBody,
  problems,
} from './problems.js';
export { MAX_MESSAGE_BYTES, standardMethods } from './rpc-methods.js';
export { httpStatusOfRpc, type RpcCodeName, rpcCodeOf, rpcCodes, rpcStatusOf } from './rpc-status.js';
export type { Setting, SettingUser } from './setting.js';
export type { InstanceAddress } from './setting-types.js';
export { SETTING_PREFIX, type SettingName, type SettingValue, settings } from './settings.js';
export { type StageUrlSetting, stageInstancesSetting, stageUrlSetting } from './settings-of-stages.js';
export * from './shapes.js';
