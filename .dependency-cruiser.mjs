/**
 * The layers. On the ground, text, json, dataset, http2, terminal and topology import nothing of ours, contracts the tables only. Above
 * them, each on those before it: process, http-server, upstream; then, beside each other, balancer and stage on service-kit; then the
 * services. client and runtime stand on the ground, and the fault drill on those two. terminal is for command lines: what serves requests
 * does not import it. Nothing imports a service.
 */
const GROUND = ['text', 'json', 'dataset', 'contracts', 'topology'];
const SERVER = ['contracts', 'http2', 'process', 'http-server'];

/** A package on the left may import of ours only itself and the packages on the right. */
const layers = {
  'packages/(text|json|dataset|topology|terminal)/': [],
  'packages/contracts/': ['topology'],
  'packages/http2/': [],
  'packages/process/': ['contracts'],
  'packages/http-server/': ['contracts', 'http2', 'process'],
  'packages/upstream/': SERVER,
  'packages/service-kit/': SERVER,
  'packages/balancer/': [...SERVER, 'topology', 'upstream', 'service-kit'],
  'packages/stage/': [...SERVER, 'topology', 'json', 'text', 'upstream', 'service-kit'],
  'packages/runtime/': ['contracts', 'topology', 'terminal'],
  'packages/chaos/': ['http2', 'contracts', 'topology', 'text', 'dataset', 'terminal', 'runtime', 'client'],
  'client/': [...GROUND, 'terminal'],
  'service\\d-[a-z]+/': [...GROUND, ...SERVER, 'upstream', 'service-kit', 'balancer', 'stage'],
};

/** Folders of a package, the lowest first: each may import those before it, and none behind it. */
const foldersOf = {
  'http-server': ['message', 'access-log', 'answer', 'rpc', 'http1', 'http2'],
  http2: ['frames', 'hpack'],
  runtime: ['fleet', 'local', 'docker'],
  stage: ['input', 'rpc'],
  upstream: ['core', 'discovery', 'http1', 'http2', 'request'],
};

const layerRules = Object.entries(layers).map(([from, allowed]) => ({
  name: `layer of ${from}`,
  severity: 'error',
  from: { path: `^(${from})src/` },
  to: {
    path: '^(packages|service\\d-[a-z]+|client)/',
    pathNot: ['^$1', ...allowed.map((name) => `^(packages/)?${name}/src/`)],
  },
}));

const folderRules = Object.entries(foldersOf).flatMap(([name, folders]) =>
  folders.map((folder, index) => ({
    name: `layer of packages/${name}/src/${folder}`,
    severity: 'error',
    from: { path: `^packages/${name}/src/${folder}/` },
    to: {
      path: `^packages/${name}/src/`,
      pathNot: `^packages/${name}/src/(${folders.slice(0, index + 1).join('|')})/`,
    },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    ...folderRules,
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
      name: 'the core decides, and knows nothing else',
      severity: 'error',
      from: { path: '^packages/upstream/src/core/' },
      to: { pathNot: '^packages/upstream/src/core/' },
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
