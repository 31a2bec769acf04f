/** The table of methods: names that follow from matchers, options that reach the right part. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildMethod, describeMethods, type MethodSpec } from 'iekd/dist/methods/index';
import { MATCHERS } from 'iekd/dist/methods/matchers/matcherTable';
import { PLAIN } from 'iekd/dist/methods/plainMethods';
import { listed } from 'iekd/dist/util/names';

const NAMES = listed(describeMethods().map(({ name }) => name));

describe('describeMethods', () => {
  test('has the plain ones, and each matcher plain and with ie, none of whose options collide', () => {
    const expected = [
      ...Object.keys(PLAIN),
      ...Object.keys(MATCHERS).flatMap((name) => [name, `ie-${name}`]),
      'dml',
      'ie-dml',
      'sum',
      'logit-standard',
    ];
    assert.deepEqual(
      describeMethods().map((row) => row.name),
      expected,
    );
    for (const { options } of Object.values(MATCHERS)) {
      for (const own of ['weight', 'ratio', 'split', 'inherit', 'explore', 'match', 'kl', 'updates', 'name'])
        assert.ok(!options.includes(own), own);
    }
  });

  test('each has a kind, and all but the labels alone and sums a paper with its year', () => {
    const rows = describeMethods().map(({ name, kind, paper, year }) => [name, kind, paper, year]);
    const told = ['supervised', 'tfkd-self', 'fsp', 'ie-fsp', 'dml'].map((name) => rows.find(([own]) => own === name));
    const ie = 'Huang et al., Revisiting Knowledge Distillation: An Inheritance and Exploration Framework';
    assert.deepEqual(told, [
      ['supervised', 'label', undefined, undefined],
      ['tfkd-self', 'self', 'Yuan et al., Revisiting Knowledge Distillation via Label Smoothing Regularization', 2020],
      ['fsp', 'relation', 'Yim et al., A Gift from Knowledge Distillation', 2017],
      ['ie-fsp', 'relation', ie, 2021],
      ['dml', 'online', 'Zhang et al., Deep Mutual Learning', 2018],
    ]);
    assert.deepEqual(
      rows.filter(([, , paper, year]) => !paper || !year).map(([name]) => name),
      ['supervised', 'sum'],
    );
  });

  test('ie-ft: every option with its default', () => {
    const row = describeMethods().find(({ name }) => name === 'ie-ft');
    assert.deepEqual(row?.options, {
      rate: 0.5,
      feature: 'last',
      distance: 'l1',
      coder: 'batchNorm',
      fit: { epochs: 30, learningRate: 0.1 },
      ratio: 0.5,
      split: 'natural',
      inherit: 50,
      explore: 50,
    });
    assert.equal(row?.teachers, 1);
  });

  test('of those with peers: kdcl; dml and ie-dml, mutual learning with the matcher as an option', () => {
    const rows = describeMethods().filter(({ peers }) => peers);
    assert.deepEqual(
      rows.map(({ name, teachers, options }) => ({ name, teachers, options })),
      [
        { name: 'kdcl', teachers: 0, options: { target: 'min-logit', weight: 1, temperature: 2 } },
        { name: 'dml', teachers: 0, options: { kl: 1, updates: 'alternate' } },
        {
          name: 'ie-dml',
          teachers: 0,
          options: {
            ...{ match: 'ft', rate: 0.5, feature: 'last', distance: 'l1', coder: 'batchNorm' },
            ...{ ratio: 0.5, split: 'natural', inherit: 50, explore: 50, kl: 1, updates: 'alternate' },
          },
        },
      ],
    );
  });
});

describe('buildMethod', () => {
  test('hands each option to the part that knows it', () => {
    const explore = { kind: 'cosine', base: 50 };
    const { name, options } = buildMethod({ name: 'ie-ft', distance: 'cosine', rate: 0.25, ratio: 0.75, explore });
    assert.equal(name, 'ie-ft');
    const { distance, rate, ratio, inherit, explore: pushed } = options;
    assert.deepEqual(
      { distance, rate, ratio, inherit, pushed },
      { distance: 'cosine', rate: 0.25, ratio: 0.75, inherit: 50, pushed: explore },
    );
    assert.equal(buildMethod({ name: 'ft', weight: 20 }).options.weight, 20);
    const mutual = buildMethod({ name: 'ie-dml', match: 'at', form: 'norm', ratio: 0.25, kl: 2 });
    assert.deepEqual([mutual.name, mutual.options.match, mutual.options.form], ['ie-dml', 'at', 'norm']);
    assert.deepEqual([mutual.options.ratio, mutual.options.kl], [0.25, 2]);
    assert.equal(buildMethod({ name: 'dml', match: 'ft', weight: 20 }).options.weight, 20);
  });

  const rows: readonly (readonly [string, MethodSpec, string])[] = [
    ['an unknown name', { name: 'untold' }, `buildMethod: expected one of ${NAMES}, received "untold"`],
    ['a name of every object', { name: 'toString' }, `buildMethod: expected one of ${NAMES}, received "toString"`],
    [
      'an option of ie given to plain ft',
      { name: 'ft', explore: 3 },
      'buildMethod: ft: expected options among rate, feature, distance, coder, fit, weight, received "explore"',
    ],
    [
      'an unknown option of ie-ft',
      { name: 'ie-ft', weight: 3 },
      'buildMethod: ie-ft: expected options among rate, feature, distance, coder, fit, ratio, split, inherit, explore, received "weight"',
    ],
  ];
  const ieDml = 'match, rate, feature, distance, coder, ratio, split, inherit, explore, kl, updates';
  const mutual: typeof rows = [
    [
      'an option of a stage that mutual learning has not',
      { name: 'ie-dml', fit: {} },
      `buildMethod: ie-dml: expected options among ${ieDml}, received "fit"`,
    ],
    [
      'an option of another matcher',
      { name: 'ie-dml', match: 'at', rate: 1 },
      'buildMethod: ie-dml: expected options among match, features, form, floor, ratio, split, inherit, explore, kl, updates, received "rate"',
    ],
    [
      'how a teacher runs that is not frozen',
      { name: 'dml', match: 'ab', teacherMode: 'training' },
      'buildMethod: dml: expected options among match, features, margin, connector, pretrain, second, weight, kl, updates, received "teacherMode"',
    ],
    [
      'an option of no method',
      { name: 'dml', alpha: 1 },
      'buildMethod: dml: expected options among match, kl, updates, received "alpha"',
    ],
    [
      'an unknown matcher',
      { name: 'ie-dml', match: 'kd' },
      `ie-dml: match: expected one of ${listed(Object.keys(MATCHERS))}, received "kd"`,
    ],
  ];
  for (const [name, spec, message] of [...rows, ...mutual]) {
    test(`refuses ${name}`, () => assert.throws(() => buildMethod(spec), { name: 'InputError', message }));
  }
});

test('docs/methods.md has every matcher and every other method, and links to its file', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'methods.md'), 'utf8');
  const rows = [...page.matchAll(/^\| \[`([\w-]+)`\]\(\.\.\/(lib\/[\w/]+\.ts)\)/gm)];
  const known = describeMethods().filter(({ name }) => !/^ie-/.test(name));
  assert.deepEqual(rows.map(([, name]) => name).sort(), known.map(({ name }) => name).sort());
  for (const [, name, path] of rows) assert.ok(existsSync(join(__dirname, '..', '..', path as string)), name);
});
