// The layers of the library as rules: imports go down only. `npm run check` runs them, test/architecture sees each of them refuse.
'use strict';

/**
 * What each room of lib may import besides itself, types included, from the lowest room to the highest. A room that is not listed
 * here is refused. The row of training has one more rule below: it names the types of methods and runs none of them.
 */
const MAY_IMPORT = {
  util: [],
  engine: ['util'],
  losses: ['engine', 'util'],
  detection: ['losses', 'engine', 'util'],
  data: ['detection', 'engine', 'util'],
  models: ['detection', 'engine', 'util'],
  optim: ['models', 'engine', 'util'],
  tasks: ['optim', 'models', 'data', 'detection', 'losses', 'engine', 'util'],
  weights: ['models', 'engine', 'util'],
  export: ['weights', 'models', 'engine', 'util'],
  methods: ['tasks', 'optim', 'losses', 'models', 'engine', 'util'],
  training: ['methods', 'tasks', 'weights', 'optim', 'models', 'data', 'engine', 'util'],
  analysis: ['methods', 'tasks', 'losses', 'models', 'data', 'detection', 'engine', 'util'],
  demo: ['kernel', 'analysis', 'training', 'methods', 'tasks', 'export', 'optim', 'models', 'data', 'engine', 'util'],
  golden: ['training', 'methods', 'weights', 'optim', 'losses', 'models', 'engine', 'util'],
  experiments: ['analysis', 'training', 'methods', 'tasks', 'weights', 'optim', 'models', 'data', 'engine', 'util'],
  bench: ['experiments', 'training', 'methods', 'tasks', 'optim', 'models', 'data', 'detection', 'engine', 'util'],
  kernel: ['util'],
  notebook: ['kernel', 'bench', 'experiments', 'training', 'tasks', 'optim', 'data', 'detection', 'engine', 'util'],
  cli: [
    'notebook',
    'demo',
    'bench',
    'golden',
    'experiments',
    'training',
    'methods',
    'tasks',
    'export',
    'weights',
    'models',
    'data',
    'engine',
    'util',
  ],
};

const ROOMS = Object.keys(MAY_IMPORT).join('|');
const room = (names) => `^lib/(${names.join('|')})/`;

const layerRules = Object.entries(MAY_IMPORT).map(([name, below]) => ({
  name: `${name}-imports-down`,
  comment: `lib/${name} may import ${[name, ...below].join(', ')}.`,
  severity: 'error',
  from: { path: room([name]) },
  to: { path: '^lib/', pathNot: room([name, ...below]) },
}));

/** Packages that one room owns. */
const ownedBy = (name, owner, packages) => ({
  name,
  comment: `Only lib/${owner} imports ${packages.join(', ')}.`,
  severity: 'error',
  from: { path: '^lib/', pathNot: `^lib/(${owner}|stubs)/` },
  to: { path: `(^|node_modules/)(${packages.join('|')})(/|$)` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'training-names-methods',
      comment: 'Training runs any method: it may name their types, and import none but the check of what is given for one.',
      severity: 'error',
      from: { path: room(['training']) },
      to: { path: room(['methods']), pathNot: '^lib/methods/givenMethod', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-tests-inside',
      comment: 'The library stands without its tests.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^test/' },
    },
    ownedBy('tfjs-in-engine', 'engine', ['@tensorflow']),
    ownedBy('kernel-owns', 'kernel', ['tslab']),
    ownedBy('display-in-notebook', 'notebook', [
      'plotly[.]js[^/]*',
      'danfojs[^/]*',
      'jsdom',
      '@resvg',
      'marked',
      'highlight[.]js',
      'temml',
      'dompurify',
    ]),
    ownedBy('zeromq-for-jupyter', 'kernel|notebook', ['zeromq']),
    ownedBy('terminal-in-cli', 'cli', ['commander', 'cli-progress']),
    {
      name: 'training-knows-no-data-set',
      comment: 'Training reads batches of any data set; a concrete one is handed to it.',
      severity: 'error',
      from: { path: '^lib/training/' },
      to: {
        path: '^lib/data/',
        pathNot: '^lib/data/(batches|images/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-barrel-inside',
      comment: 'lib/index.ts is for users of the library; inside, import the file itself.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^lib/(index[.]ts|dist/)' },
    },
    {
      name: 'known-rooms',
      comment: `lib has the rooms ${ROOMS}, and setup, bin and stubs, which stand apart.`,
      severity: 'error',
      from: { path: '^lib/', pathNot: `^lib/(${ROOMS}|setup|bin|stubs)/|^lib/index[.]ts$` },
      to: {},
    },
    {
      name: 'pure-rooms',
      comment: 'Losses, detection, models, methods and analysis compute: no files, no network, no processes.',
      severity: 'error',
      from: { path: room(['losses', 'detection', 'models', 'methods', 'analysis']) },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|fs/promises|http|https|net|child_process|worker_threads)$' },
    },
    {
      name: 'setup-needs-nothing',
      comment: 'The set-up runs before anything is installed: Node and files of its own only.',
      severity: 'error',
      from: { path: '^lib/(setup/|util/(locks/)?[^/]+[.]cjs$|engine/onednn/native/[^/]+[.][cm]js$)' },
      to: {
        dependencyTypesNot: ['core'],
        // The addon's headers, which are there by the time it is compiled.
        pathNot: '^lib/(setup/|util/(locks/)?[^/]+[.]cjs$|engine/onednn/native/[^/]+[.][cm]js$)|node-api-headers|node-addon-api',
      },
    },
    { name: 'no-cycles', comment: 'Circles of types are circles, too.', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: { pathNot: '^lib/(bin|stubs|demo/site)/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/(dist|engine/onednn/native/build)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'lib/tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
