/**
 * The walls (`walls.mjs` with `.dependency-cruiser.cjs` and `.knip.json`) are seen to refuse: a small library that breaks each rule
 * once is read with the project's own configuration, beside files that do what is allowed.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

interface Walls {
  forbiddenImports(root: string, fewest?: number): string[];
  fullFolders(root: string): string[];
  sameNames(root: string): string[];
  readsOfTests(root: string): string[];
  deadCode(root: string): string[];
  undocumented(root: string): string[];
}

const root = resolve(__dirname, '..', '..');
const walls = import(pathToFileURL(join(__dirname, 'walls.mjs')).href) as Promise<Walls>;

/** [file, its import, the rule that refuses it] */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ['lib/util/up.ts', "import '../engine/tf';", 'util-imports-down'],
  ['lib/engine/up.ts', "import '../models/resnet';", 'engine-imports-down'],
  ['lib/data/across.ts', "import '../models/resnet';", 'data-imports-down'],
  ['lib/losses/up.ts', "import '../methods/ft';", 'losses-imports-down'],
  ['lib/losses/across.ts', "import '../models/resnet';", 'losses-imports-down'],
  ['lib/detection/up.ts', "import '../models/resnet';", 'detection-imports-down'],
  ['lib/models/up.ts', "import '../methods/ft';", 'models-imports-down'],
  ['lib/optim/up.ts', "import '../tasks/task';", 'optim-imports-down'],
  ['lib/tasks/up.ts', "import '../methods/ft';", 'tasks-imports-down'],
  ['lib/export/up.ts', "import '../training/trainer';", 'export-imports-down'],
  ['lib/weights/up.ts', "import '../training/trainer';", 'weights-imports-down'],
  ['lib/methods/up.ts', "import { trainer } from '../training/trainer';\ntrainer();", 'methods-imports-down'],
  ['lib/methods/upType.ts', "import type { N } from '../training/names';\nexport type M = N;", 'methods-imports-down'],
  ['lib/training/method.ts', "import { ft } from '../methods/ft';\nft();", 'training-names-methods'],
  ['lib/training/dataSet.ts', "import { cifar } from '../data/cifar';\ncifar();", 'training-knows-no-data-set'],
  ['lib/analysis/up.ts', "import '../training/trainer';", 'analysis-imports-down'],
  ['lib/demo/up.ts', "import '../notebook/table';", 'demo-imports-down'],
  ['lib/golden/across.ts', "import '../experiments/plan';", 'golden-imports-down'],
  ['lib/experiments/up.ts', "import '../notebook/table';", 'experiments-imports-down'],
  ['lib/bench/up.ts', "import '../notebook/table';", 'bench-imports-down'],
  ['lib/kernel/up.ts', "import '../engine/tf';", 'kernel-imports-down'],
  ['lib/notebook/up.ts', "import '../cli/main';", 'notebook-imports-down'],
  ['lib/cli/test.ts', "import '../../test/golden';", 'no-tests-inside'],
  ['lib/models/tfjs.ts', "import '@tensorflow/tfjs';", 'tfjs-in-engine'],
  ['lib/cli/kernel.ts', "import 'tslab';", 'kernel-owns'],
  ['lib/data/frame.ts', "import 'danfojs-node';", 'display-in-notebook'],
  ['lib/experiments/plot.ts', "import 'jsdom';", 'display-in-notebook'],
  ['lib/experiments/arguments.ts', "import 'commander';", 'terminal-in-cli'],
  ['lib/models/barrel.ts', "import { tf } from '../index';\nconsole.log(tf);", 'no-barrel-inside'],
  ['lib/losses/file.ts', "import 'node:fs';", 'pure-rooms'],
  ['lib/setup/needs.mjs', "import 'commander';", 'setup-needs-nothing'],
  ['lib/attic/old.ts', "import '../util/rng';", 'known-rooms'],
  ['lib/losses/cycleA.ts', "import { b } from './cycleB';\nexport const a = (): number => b();", 'no-cycles'],
  ['lib/losses/circleA.ts', "import type { B } from './circleB';\nexport type A = B | 1;", 'no-cycles'],
  ['lib/losses/missing.ts', "import './notThere';", 'resolvable'],
];

/** What the rules let pass: imports that go down, types that training names. */
const ALLOWED: Readonly<Record<string, string>> = {
  'lib/util/rng.ts': 'export const rng = 1;',
  'lib/engine/tf.ts': "import * as tf from '@tensorflow/tfjs';\nimport '../util/rng';\nexport { tf };",
  'lib/data/cifar.ts': "import type { N } from './names';\nexport const cifar = (): N => 1;",
  'lib/data/names.ts': 'export type N = number;',
  'lib/data/batches.ts': "import '../util/rng';",
  'lib/losses/l1.ts': "import '../engine/tf';",
  'lib/models/resnet.ts': "import '../engine/tf';\nexport const resnet = (): number => 1;",
  'lib/tasks/task.ts': "import '../losses/l1';",
  'lib/methods/ft.ts': "import '../losses/l1';\nimport '../tasks/task';\nexport const ft = (): number => 1;",
  'lib/training/names.ts': 'export type N = number;',
  'lib/training/trainer.ts':
    "import '../data/batches';\nimport type { N } from '../data/names';\nimport type { ft } from '../methods/ft';\nexport type Trainer = typeof ft | N;\nexport const trainer = (): number => 1;",
  'lib/experiments/plan.ts': "import '../training/trainer';",
  'lib/notebook/table.ts': "import 'danfojs-node';\nimport '../experiments/plan';",
  'lib/cli/main.ts': "import 'commander';\nimport '../notebook/table';",
  'lib/index.ts': "export { tf } from './engine/tf';",
};

/** The other ends of the two circles; the cruiser may blame either end. */
const CIRCLES: Readonly<Record<string, string>> = {
  'lib/losses/cycleB.ts': "import { a } from './cycleA';\nexport const b = (): number => a();",
  'lib/losses/circleB.ts': "import type { A } from './circleA';\nexport type B = A | 2;",
};

/** Runs `work` in a new folder of these files, which has the project's settings and packages. */
async function inTree<T>(files: Readonly<Record<string, string>>, work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-walls-'));
  try {
    for (const file of [
      '.dependency-cruiser.cjs',
      '.knip.json',
      '.typedoc.json',
      'package.json',
      'tsconfig.json',
      'lib/package.json',
      'lib/tsconfig.json',
    ])
      cpSync(join(root, file), join(folder, file));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the room table', () => {
  let complaints: string[] = [];
  before(async () => {
    const files = [...Object.entries({ ...ALLOWED, ...CIRCLES }), ...FORBIDDEN.map(([file, code]) => [file, code] as const)];
    const modules = Object.fromEntries(files.map(([file, code]) => [file, `${code}\nexport {};\n`]));
    const { forbiddenImports } = await walls;
    complaints = await inTree({ ...modules, 'test/golden.ts': 'export {};\n' }, (folder) => forbiddenImports(folder, 1));
  });

  for (const [file, code, rule] of FORBIDDEN) {
    test(`refuses ${file}: ${code.split('\n')[0]} (${rule})`, () => {
      const about = complaints.filter((complaint) => complaint.includes(`: ${file} → `));
      assert.ok(
        about.some((complaint) => complaint.startsWith(`${rule}: `)),
        `expected ${rule}, received [${about.join(', ')}]`,
      );
    });
  }

  test('lets pass what goes down, and types of methods that training names', () =>
    assert.deepEqual(
      complaints.filter((complaint) => Object.keys(ALLOWED).some((file) => complaint.includes(`: ${file} → `))),
      [],
    ));

  test('complains when fewer modules are read than the library has', async () => {
    const { forbiddenImports } = await walls;
    assert.deepEqual(await inTree({ 'lib/util/rng.ts': 'export {};\n' }, (folder) => forbiddenImports(folder, 2)), [
      'expected at least 2 modules, received 1',
    ]);
  });
});

const empty = (paths: readonly string[]): Record<string, string> => Object.fromEntries(paths.map((path) => [path, '']));
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `lib/util/file${i}.ts`);

/** [what, rule, files, complaints] */
const FILES: readonly (readonly [string, keyof Walls, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['21 files in a folder', 'fullFolders', empty(many(21)), ['lib/util: expected at most 20 files of its own, received 21']],
  ['20 files, and more in a folder below', 'fullFolders', empty([...many(20), 'lib/util/more/one.ts', 'lib/util/dist/a.ts']), []],
  [
    'two files of one name',
    'sameNames',
    empty(['lib/data/progress.ts', 'lib/notebook/plots/progress.ts']),
    ['progress.ts: expected one file of this name, received lib/data/progress.ts, lib/notebook/plots/progress.ts'],
  ],
  [
    'index.ts and types.ts in every folder',
    'sameNames',
    empty(['lib/data/index.ts', 'lib/models/index.ts', 'lib/data/types.ts', 'lib/models/types.ts']),
    [],
  ],
  [
    'a path below test in a string',
    'readsOfTests',
    { 'lib/bench/a.ts': "const file = '../../test/bench/reference.py';" },
    ["lib/bench/a.ts: expected no path below test, received '../../test/bench/reference.py'"],
  ],
  [
    'a path below test put together',
    'readsOfTests',
    { 'lib/golden/a.ts': "const file = join(\n  root,\n  'test',\n  'golden');" },
    ["lib/golden/a.ts: expected no path below test, received join(\n  root,\n  'test'"],
  ],
  [
    'a split of the name test',
    'readsOfTests',
    { 'lib/data/a.ts': "const set = data['test'];\nlist.join(', '); // test/golden" },
    [],
  ],
];

describe('files', () => {
  for (const [what, rule, files, expected] of FILES) {
    test(`${rule}: ${what}`, async () => {
      const check = (await walls)[rule] as (root: string) => string[];
      assert.deepEqual(await inTree(files, check), expected);
    });
  }
});

describe('dead code', () => {
  const USED = "import { used } from './used';\nimport 'commander';\nimport 'not-listed';\nused();\n";
  const LIBRARY = {
    'lib/index.ts': "export { used } from './cli/used';\n",
    'lib/cli/main.ts': USED,
    'lib/cli/used.ts': 'export const used = (): number => 1;\nexport const deadExport = 1;\nexport type Dead = 1;\n',
    'lib/cli/deadFile.ts': 'export const a = 1;\n',
    'package.json': JSON.stringify({ name: 'small', workspaces: ['lib'], dependencies: { commander: '1.0.0', marked: '1.0.0' } }),
  };

  test('names files, exports, types and packages that nothing uses, and packages that are not listed', async () => {
    const { deadCode } = await walls;
    assert.deepEqual(await inTree(LIBRARY, deadCode), [
      'Unused files (1)',
      'lib/cli/deadFile.ts: lib/cli/deadFile.ts',
      'Unused dependencies (1)',
      'package.json: marked',
      'Unlisted dependencies (1)',
      'lib/cli/main.ts: not-listed',
      'Unused exports (1)',
      'lib/cli/used.ts: deadExport',
      'Unused exported types (1)',
      'lib/cli/used.ts: Dead',
    ]);
  });
});

describe('the reference', () => {
  const LIBRARY = {
    'docs/rooms.mjs': readFileSync(join(root, 'docs', 'rooms.mjs'), 'utf8'),
    'docs/plain.css': '',
    'lib/tsconfig.json': JSON.stringify({ extends: '../tsconfig.json', files: ['index.ts'] }),
    'docs/reference.md': 'Start with {@link train}.',
    'lib/index.ts': "// training: trains\nexport { bare, train } from './training/train';\n",
    'lib/training/train.ts':
      '/** Options. */\nexport interface Options {}\n/** Trains, see {@link nothing}. */\nexport function train(_: Options): void {}\nexport function bare(): void {}\n',
  };

  test('names exports without a doc comment and dead links; a type that is reached by file is no complaint', async () => {
    const { undocumented } = await walls;
    const complaints = (await inTree(LIBRARY, undocumented)).filter((line) => /bare|nothing"|Options/.test(line));
    assert.deepEqual(complaints, [
      '[warning] bare (CallSignature), defined in iekd/training/train.ts, does not have any documentation',
      '[warning] Failed to resolve link to "nothing" in comment for train',
    ]);
  });
});
