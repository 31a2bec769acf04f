/** The package is made of what the library really imports: nothing undeclared, nothing superfluous, the versions of this repository. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as door from 'iekd';

const ROOT = resolve(__dirname, '..', '..');

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies: Versions;
  readonly optionalDependencies: Versions;
  readonly peerDependencies: Versions;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly version: string;
}
interface Package {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Buffer | string>;
}

const load = (name: string) => import(pathToFileURL(join(ROOT, 'pack', `${name}.mjs`)).href);
const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('the package', () => {
  let made: Package;
  let importedPackages: (text: string) => string[];
  let namesPackage: (text: string, name: string) => boolean;
  before(async () => {
    made = (await load('pack')).libraryPackage();
    ({ importedPackages, namesPackage } = await load('imports'));
  });
  const code = () => [...made.files].filter(([path]) => /\.([cm]?js|ts)$/.test(path));

  test('declares every package that its files import', () => {
    const { dependencies, optionalDependencies, peerDependencies } = made.manifest;
    const declared = new Set([dependencies, optionalDependencies, peerDependencies].flatMap(Object.keys));
    const undeclared = code().flatMap(([path, text]) =>
      importedPackages(String(text)).flatMap((name) => (declared.has(name) ? [] : `${path}: ${name}`)),
    );
    assert.deepEqual(undeclared, []);
  });

  test('declares nothing else, in the versions of this repository', () => {
    const root = json('package.json');
    const pinned: Versions = { ...root.dependencies, ...root.optionalDependencies };
    const { dependencies, optionalDependencies, peerDependencies, version } = made.manifest;
    for (const [name, range] of Object.entries({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      if (name.startsWith('@iekd/')) assert.equal(range, version);
      else if (name === '@types/node') assert.equal(range, '*');
      else {
        assert.equal(range, pinned[name], name);
        assert.ok(
          code().some(([, text]) => namesPackage(String(text), name)),
          `${name} is named by no file`,
        );
      }
    }
  });

  test('has every dependency of this repository in one way', async () => {
    const { OPTIONAL, OPTIONAL_PEERS } = await load('manifest');
    const { dependencies = {}, optionalDependencies = {} } = json('package.json');
    const { manifest } = made;
    const lists = [manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (name === 'iekd') continue;
      assert.equal(lists.filter((list) => Object.hasOwn(list, name)).length, 1, name);
    }
    for (const name of [...OPTIONAL, ...Object.keys(OPTIONAL_PEERS)]) assert.ok(Object.hasOwn(dependencies, name), name);
    for (const name of Object.keys(manifest.peerDependencies))
      assert.deepEqual(manifest.peerDependenciesMeta[name], { optional: true });
  });

  test('holds no sources, maps, tests or stubs', () => {
    const wrong = [...made.files.keys()].filter(
      (path) =>
        (/\.ts$/.test(path) && !/\.d\.(m?ts)$/.test(path)) || /\.map$|\.test\.|tsbuildinfo|^(dist\/)?(test|stubs)\//.test(path),
    );
    assert.deepEqual(wrong, []);
    const mapped = code().filter(([, text]) => /^\/\/# sourceMappingURL/m.test(String(text)));
    assert.deepEqual(
      mapped.map(([path]) => path),
      [],
    );
  });

  test('has what is loaded from the disk by name', () => {
    for (const path of [
      'bin/iekd.cjs',
      'bench/pytorch_models.py',
      'bench/pytorch_networks.py',
      'bench/pytorch_reference.py',
      'dist/cli/main.js',
      'dist/util/processorName.cjs',
      'util/processorName.cjs',
      'engine/onednn/native/src/addon.cc',
      'engine/onednn/native/stamp.cjs',
      'kernel/jupyter/kernels/tslab/launch.cjs',
      'setup/engine.mjs',
    ])
      assert.ok(made.files.has(path), path);
  });

  test('gives import the names that require gives', () => {
    const names = [...String(made.files.get('dist/index.mjs')).matchAll(/^ {2}(\w+),$/gm)].map(([, name]) => name);
    assert.deepEqual(names, Object.keys(door).sort());
  });

  test('names of an optional package are readable without it', () => {
    const text = String(made.files.get('dist/notebook/views/runs.d.ts'));
    assert.match(text, /^\/\/ @ts-ignore: an optional package\nimport type \{ DataFrame \} from 'danfojs-node';$/m);
  });
});

describe('imports', () => {
  const TABLE: readonly (readonly [string, readonly string[]])[] = [
    ["const a = require('a');\nconst f = require('node:fs');", ['a']],
    ["import { b } from '@scope/b/deep.js';\nimport './local';", ['@scope/b']],
    ["const c = await import('c/x');", ['c']],
    ["export * from 'd';\n// require('e')", ['d']],
  ];
  for (const [text, expected] of TABLE) {
    test(JSON.stringify(text), async () => assert.deepEqual((await load('imports')).importedPackages(text), expected));
  }

  test('a name in a constant, at the begin of a path, and within a sentence', async () => {
    const { namesPackage } = await load('imports');
    assert.ok(namesPackage("const P = 'plotly.js-dist';", 'plotly.js-dist'));
    assert.ok(namesPackage('require.resolve(`fonts/ttf/a.ttf`)', 'fonts'));
    assert.ok(!namesPackage("'the package sharp decodes'", 'sharp'));
    assert.ok(!namesPackage("'sharper'", 'sharp'));
  });
});
