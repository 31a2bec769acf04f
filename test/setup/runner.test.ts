/** The test runner itself: it fails when a test fails, when there is nothing to run, and when nothing ran. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inFolder, ROOT } from './load';

const HEAD = "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n";
const PASSES = `${HEAD}test('adds', () => assert.equal(1 + 1, 2 as number));\n`;
const FAILS = `${HEAD}test('adds wrong', () => assert.equal(1 + 1, 3 as number));\n`;

const TABLE: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  ['a passing test', { 'a/a.test.ts': PASSES, 'notes.ts': 'throw new Error();' }, 0, /ℹ pass 1\n/],
  ['a failing test among others', { 'a.test.ts': PASSES, 'b.test.ts': FAILS }, 1, /ℹ fail 1\n/],
  ['a file that does not load', { 'a.test.ts': "import './nowhere';\n" }, 1, /ℹ fail 1\n/],
  ['only skipped tests', { 'a.test.ts': `${HEAD}test.skip('later', () => assert.ok(true));\n` }, 1, /no test ran\n/],
  ['no test file', { 'a.ts': PASSES }, 2, /^expected test files \(\*\.test\.ts\), received none\n$/],
];

describe('test/run.mjs', () => {
  for (const [name, files, code, output] of TABLE) {
    test(`${name}: exit ${code}`, () =>
      inFolder(files, (folder) => {
        const run = spawnSync(process.execPath, [join(ROOT, 'test', 'run.mjs'), folder], { encoding: 'utf8' });
        assert.match(run.stdout + run.stderr, output);
        assert.equal(run.status, code);
      }));
  }
});
