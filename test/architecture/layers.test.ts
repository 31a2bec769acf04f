/**
 * The layer rules (`.dependency-cruiser.cjs`) are seen to refuse: a small library with one forbidden import a file is cruised
 * with the project's own configuration, beside one that does what is allowed.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = resolve(__dirname, '..', '..');
const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');

/** [file, its import, the rule that refuses it] */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ['lib/util/up.ts', "import '../engine/tf';", 'util-imports-down'],
  ['lib/engine/up.ts', "import '../models/resnet';", 'engine-imports-down'],
  ['lib/losses/up.ts', "import '../methods/ft';", 'losses-imports-down'],
  ['lib/losses/across.ts', "import '../models/resnet';", 'losses-imports-down'],
  ['lib/models/up.ts', "import '../methods/ft';", 'models-imports-down'],
  ['lib/data/across.ts', "import '../models/resnet';", 'data-imports-down'],
  ['lib/methods/up.ts', "import { trainer } from '../training/trainer';\ntrainer();", 'methods-names-types-only'],
  ['lib/training/method.ts', "import { ft } from '../methods/ft';\nft();", 'training-names-types-only'],
  ['lib/training/model.ts', "import { resnet } from '../models/resnet';\nresnet();", 'training-names-types-only'],
  ['lib/training/dataSet.ts', "import { cifar } from '../data/cifar';\ncifar();", 'training-knows-no-data-set'],
  ['lib/analysis/across.ts', "import '../training/trainer';", 'analysis-imports-down'],
  ['lib/experiments/up.ts', "import '../notebook/table';", 'experiments-imports-down'],
  ['lib/notebook/up.ts', "import '../cli/main';", 'notebook-imports-down'],
  ['lib/models/tfjs.ts', "import '@tensorflow/tfjs';", 'tfjs-in-engine'],
  ['lib/cli/kernel.ts', "import 'tslab';", 'display-in-notebook'],
  ['lib/data/frame.ts', "import 'danfojs-node';", 'display-in-notebook'],
  ['lib/experiments/plot.ts', "import 'plotly.js-dist';", 'display-in-notebook'],
  ['lib/experiments/arguments.ts', "import 'commander';", 'terminal-in-cli'],
  ['lib/models/barrel.ts', "import { tf } from '../index';\nconsole.log(tf);", 'no-barrel-inside'],
  ['lib/losses/file.ts', "import 'node:fs';", 'pure-rooms'],
  ['lib/setup/needs.mjs', "import 'commander';", 'setup-needs-nothing'],
  ['lib/attic/old.ts', "import '../util/rng';", 'known-rooms'],
  ['lib/losses/cycleA.ts', "import { b } from './cycleB';\nexport const a = (): number => b();", 'no-cycles'],
  ['lib/losses/missing.ts', "import './notThere';", 'resolvable'],
];

const ALLOWED: Readonly<Record<string, string>> = {
  'lib/engine/tf.ts': "import * as tf from '@tensorflow/tfjs';\nexport { tf };",
  'lib/models/resnet.ts': "import '../engine/tf';\nexport const resnet = (): number => 1;",
  'lib/methods/ft.ts':
    "import '../losses/l1';\nimport type { Trainer } from '../training/trainer';\nexport const ft = (): Trainer | 1 => 1;",
  'lib/losses/l1.ts': "import '../engine/tf';",
  'lib/losses/cycleB.ts': "import { a } from './cycleA';\nexport const b = (): number => a();",
  'lib/data/cifar.ts': "import type { N } from './types';\nexport const cifar = (): N => 1;",
  'lib/data/types.ts': 'export type N = number;',
  'lib/data/batches.ts': "import '../util/rng';",
  'lib/util/rng.ts': 'export const rng = 1;',
  'lib/training/trainer.ts':
    "import '../data/batches';\nimport type { N } from '../data/types';\nimport type { ft } from '../methods/ft';\nexport type Trainer = typeof ft | N;\nexport const trainer = (): number => 1;",
  'lib/notebook/table.ts': "import 'danfojs-node';\nimport '../training/trainer';",
  'lib/cli/main.ts': "import 'commander';\nimport '../notebook/table';",
  'lib/index.ts': "export * from './engine/tf';",
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

let folder = '';
let violations: Violation[] = [];

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'iekd-layers-'));
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json', 'lib/tsconfig.json']) {
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const files = [...Object.entries(ALLOWED), ...FORBIDDEN.map(([file, code]) => [file, code] as const)];
  for (const [file, code] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${code}\nexport {};\n`);
  }
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  const report = execFileSync(
    process.execPath,
    [cruiser, 'lib', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    options,
  );
  violations = (JSON.parse(report) as { summary: { violations: Violation[] } }).summary.violations;
});

after(() => rmSync(folder, { recursive: true, force: true }));

describe('layer rules refuse', () => {
  for (const [file, code, rule] of FORBIDDEN) {
    test(`${file}: ${code.split('\n')[0]} (${rule})`, () => {
      const rules = violations.filter((v) => v.from === file).map((v) => v.rule.name);
      assert.ok(rules.includes(rule), `expected ${rule}, received [${rules.join(', ')}]`);
    });
  }
});

test('layer rules let pass what goes down, and types a vocabulary file names', () => {
  const refused = violations.filter((v) => v.from in ALLOWED && v.rule.name !== 'no-cycles');
  assert.deepEqual(refused, []);
});

test('the command fails on a violation', () => {
  const run = spawnSync(process.execPath, [cruiser, 'lib', '--config', '.dependency-cruiser.cjs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.notEqual(run.status, 0);
});
