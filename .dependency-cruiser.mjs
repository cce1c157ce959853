/**
 * The layers. The lowest: text, json, dataset, http2 and topology import nothing of ours, contracts the tables only. Above them
 * service-kit, then balancer, then stage, then the services; client and runtime stand on the ground beside them, and
 * the fault drill on those two. Nothing imports a service.
 */
const GROUND = 'text|json|dataset|contracts|topology';

/** A package on the left may import of ours only itself and the packages on the right. */
const floors = {
  'packages/(text|json|dataset|topology)/': [],
  'packages/contracts/': ['topology'],
  'packages/http2/': [],
  'packages/service-kit/': ['contracts', 'http2'],
  'packages/balancer/': ['contracts', 'topology', 'http2', 'service-kit'],
  'packages/stage/': ['contracts', 'topology', 'json', 'text', 'service-kit', 'balancer'],
  'packages/runtime/': ['contracts', 'topology'],
  'packages/chaos/': ['contracts', 'topology', 'text', 'dataset', 'runtime', 'client'],
  'client/': GROUND.split('|'),
  'service\\d-[a-z]+/': [...GROUND.split('|'), 'service-kit', 'balancer', 'stage'],
};

const floorRules = Object.entries(floors).map(([from, allowed]) => ({
  name: `floor of ${from}`,
  severity: 'error',
  from: { path: `^(${from})src/` },
  to: {
    path: '^(packages|service\\d-[a-z]+|client)/',
    pathNot: ['^$1', ...allowed.map((name) => `^(packages/)?${name}/src/`)],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...floorRules,
    {
      name: 'nothing imports a service',
      severity: 'error',
      from: { pathNot: '^(service\\d-[a-z]+)/' },
      to: { path: '^service\\d-[a-z]+/' },
    },
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no dead files',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'the text engine, the JSON reader and the data set do no I/O',
      severity: 'error',
      from: { path: '^packages/(text|json|dataset)/src/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: '^(node:)?buffer$' },
    },
    {
      name: 'the core of the balancer decides, and knows nothing else',
      severity: 'error',
      from: { path: '^packages/balancer/src/core/' },
      to: { pathNot: '^packages/balancer/src/core/' },
    },
    {
      name: 'what is imported can be found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    includeOnly: ['^packages/[^/]+/src/', '^service\\d-[a-z]+/src/', '^client/src/', '^(node:)?[a-z_]+$'],
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['flotilla:source', 'import', 'node', 'default'],
    },
  },
};
