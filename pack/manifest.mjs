// @ts-check
/**
 * package.json of the published package. Its dependencies are those of this repository that the published files name, with the same
 * pinned versions, so that nothing is kept twice. `overrides` do not travel with a package: what needs them here is an optional peer.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-json
 */
import { namesPackage } from './imports.mjs';
import { PLATFORM_NAMES, platformPackage } from './platforms.mjs';

/** @typedef {Record<string, string>} Versions */
/**
 * @typedef {object} Manifest what is read of a package.json
 * @property {string} version
 * @property {string} description
 * @property {string} license
 * @property {Versions} [dependencies]
 * @property {Versions} [optionalDependencies]
 * @property {{ node: string }} [engines]
 */

/** Dependencies of this repository that a user of the package adds if need be, with the reason. */
export const OPTIONAL_PEERS = {
  'danfojs-node':
    'asks for tfjs-node, xlsx and request, which this repository replaces and an installed package cannot; runs() says how to add it',
  'fashion-mnist': '149 MB of images; loadDataset says how to add it',
  tslab: 'types of its display functions for notebooks that import them, and a compiler of its own (38 MB)',
};

/** Its install script compiles where no binary fits: a failure must not end the install of iekd. Needed to run notebooks only. */
export const OPTIONAL = ['zeromq'];

/** Needed by the declarations, which name no package; in any version, so that a project that has its own gets no second one. */
const TYPES = { '@types/node': '*' };

/**
 * @param {{ root: Manifest, library: Manifest, texts: readonly string[] }} from package.json of the repository and of lib; the texts of all
 *   published files
 */
export function packageManifest({ root, library, texts }) {
  const { dependencies = {}, optionalDependencies = {} } = root;
  const named = (/** @type {string} */ name) => texts.some((text) => namesPackage(text, name));
  const needed = Object.keys(dependencies).filter((name) => name !== 'iekd' && named(name));
  const versions = { ...dependencies, ...optionalDependencies };
  const pinned = (/** @type {readonly string[]} */ names) =>
    Object.fromEntries(names.map((name) => [name, versions[name] ?? '']));
  const peers = [...needed.filter((name) => name in OPTIONAL_PEERS), ...Object.keys(optionalDependencies).filter(named)].sort();
  const platforms = PLATFORM_NAMES.map((name) => [platformPackage(name), library.version]);
  return {
    name: 'iekd',
    version: library.version,
    description: library.description,
    license: library.license,
    keywords: ['knowledge-distillation', 'deep-learning', 'tensorflow', 'tfjs', 'onednn', 'jupyter'],
    type: 'commonjs',
    engines: root.engines,
    main: './dist/index.js',
    types: './dist/index.d.ts',
    exports: {
      '.': {
        import: { types: './dist/index.d.mts', default: './dist/index.mjs' },
        require: { types: './dist/index.d.ts', default: './dist/index.js' },
      },
      './package.json': './package.json',
    },
    bin: { iekd: './bin/iekd.cjs' },
    dependencies: { ...TYPES, ...pinned(needed.filter((name) => !(name in OPTIONAL_PEERS) && !OPTIONAL.includes(name))) },
    optionalDependencies: { ...pinned(needed.filter((name) => OPTIONAL.includes(name))), ...Object.fromEntries(platforms) },
    peerDependencies: pinned(peers),
    peerDependenciesMeta: Object.fromEntries(peers.map((name) => [name, { optional: true }])),
  };
}
