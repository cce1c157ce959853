import { instancesVariable, type Stage, type StageNumber, stages, urlVariable } from '@flotilla/topology';
import { type Setting, setting } from './setting.js';
import { httpUrl, instanceList } from './setting-types.js';

/** Where a stage is, for those that call it: `service2Url`. */
export type StageUrlSetting = `service${StageNumber}Url`;
/** Who does a stage's work, for its balancers: `service1Instances`. */
export type StageInstancesSetting = `service${StageNumber}Instances`;

export function stageUrlSetting({ number }: Pick<Stage, 'number'>): StageUrlSetting {
  return `service${number as StageNumber}Url`;
}

export function stageInstancesSetting({ number }: Pick<Stage, 'number'>): StageInstancesSetting {
  return `service${number as StageNumber}Instances`;
}

const urls = stages.slice(1).map((stage, index) => {
  const purpose = `Where service ${stages[index]?.number} finds stage ${stage.number}; several, separated by commas, are tried in turn.`;
  return [stageUrlSetting(stage), setting(urlVariable(stage), httpUrl, undefined, 'URL', ['service'], purpose)];
});

const SYNTAX =
  ': name:port, or name:port=host:port where the name is not what one dials. dns:host:port stands for all addresses of a host, srv:name for all targets of a service; both are looked up every FLOTILLA_DNS_INTERVAL_MS. *3 after one gives it three times the weight.';

const instances = stages.map((stage, index) => {
  const purpose = `The instances behind stage ${stage.number}’s balancer${index === 0 ? SYNTAX : '.'}`;
  const variable = instancesVariable(stage);
  return [stageInstancesSetting(stage), setting(variable, instanceList, undefined, 'list', ['balancer'], purpose)];
});

/** What the stages of the pipeline are told of each other: the first is called by no other. */
export const stageSettings = Object.fromEntries([...urls, ...instances]) as Readonly<
  Record<StageUrlSetting, Setting<typeof httpUrl>> & Record<StageInstancesSetting, Setting<typeof instanceList>>
>;
