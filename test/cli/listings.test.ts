/** Listings and help, as the command line gives them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { iekd } from './command';

describe('listings', () => {
  const table: readonly (readonly [string, readonly string[], string])[] = [
    ['engines', ['name', 'available'], 'portable'],
    ['models', ['name', 'parameters10', 'features'], 'resnet20'],
    ['methods', ['name', 'teachers', 'options'], 'ie-ft'],
    ['datasets', ['name', 'present', 'how'], 'fashion-mnist'],
  ];
  for (const [command, keys, name] of table) {
    test(`${command} --json has rows with ${keys.join(', ')}`, () => {
      const { code, stdout } = iekd([command, '--json']);
      const rows = JSON.parse(stdout) as Record<string, unknown>[];
      assert.equal(code, 0);
      assert.ok(rows.some((row) => row.name === name));
      for (const row of rows) for (const key of keys) assert.ok(key in row, `${key} in ${JSON.stringify(row)}`);
    });
    test(`${command} is a table for people`, () => {
      const { code, stdout, stderr } = iekd([command]);
      assert.equal(code, 0);
      assert.equal(stderr, '');
      assert.ok(stdout.includes(name));
    });
  }
});

describe('help', () => {
  test('iekd --help names every command', () => {
    const { code, stdout } = iekd(['--help']);
    assert.equal(code, 0);
    const commands = [
      'engines',
      'models',
      'methods',
      'datasets',
      'data',
      'train',
      'resume',
      'evaluate',
      'detect',
      'export',
      'weights',
      'demo',
      'run',
      'bench',
      'golden',
      'setup',
      'init',
    ];
    for (const command of commands) assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
  });
  for (const command of ['train', 'evaluate', 'detect', 'weights', 'demo', 'run', 'bench', 'init']) {
    test(`iekd ${command} --help has examples`, () => {
      const { code, stdout } = iekd([command, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Examples:\n  iekd ${command} `));
    });
  }
  test('--version', () => assert.match(iekd(['--version']).stdout, /^\d+\.\d+\.\d+\n$/));
});
