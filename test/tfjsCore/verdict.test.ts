/** What the runner of tfjs-core's suite complains about; the suite itself is run by `npm run test:tfjs-core`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

interface Outcome {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

interface Exception {
  readonly test: string;
  readonly engines: readonly string[];
  readonly reason: string;
}

interface Verdict {
  complaints(engine: string, outcomes: readonly Outcome[], exceptions: readonly Exception[], fewest?: number): string[];
}

const load = <T>(file: string): Promise<T> => import(pathToFileURL(join(__dirname, file)).href) as Promise<T>;

const outcome = (name: string, status: Outcome['status'], message = ''): Outcome => ({ name, status, message });
const listed: readonly Exception[] = [{ test: 'b', engines: ['onednn'], reason: 'Because.' }];

/** [title, outcomes, complaints on onednn] */
const CASES: readonly (readonly [string, readonly Outcome[], readonly string[]])[] = [
  ['all as listed', [outcome('a', 'passed'), outcome('b', 'failed', 'no')], []],
  ['a test that fails', [outcome('a', 'failed', 'Arrays\n differ'), outcome('b', 'failed')], ['fails: a: Arrays differ']],
  ['an exception that passes', [outcome('a', 'passed'), outcome('b', 'passed')], ['is listed as an exception and passes: b']],
  [
    'an exception that is gone',
    [outcome('a', 'passed'), outcome('c', 'passed')],
    ['is listed as an exception and is not in the suite: b'],
  ],
  [
    'one that the suite skips',
    [outcome('a', 'passed'), outcome('b', 'skipped')],
    ['expected at least 2 tests, received 1', 'is listed as an exception and is not in the suite: b'],
  ],
];

describe("complaints about a run of tfjs-core's suite", () => {
  for (const [title, outcomes, wanted] of CASES) {
    test(title, async () => {
      const { complaints } = await load<Verdict>('verdict.mjs');
      assert.deepEqual(complaints('onednn', outcomes, listed, 2), wanted);
    });
  }

  test('an exception of another engine is none', async () => {
    const { complaints } = await load<Verdict>('verdict.mjs');
    assert.deepEqual(complaints('portable', [outcome('b', 'failed', 'no')], listed, 1), ['fails: b: no']);
  });

  test('fewer tests than the suite has are a complaint', async () => {
    const { complaints } = await load<Verdict>('verdict.mjs');
    assert.deepEqual(complaints('portable', [], []), ['expected at least 4000 tests, received 0']);
  });

  test('every exception has engines and a reason', async () => {
    const { EXCEPTIONS } = await load<{ EXCEPTIONS: readonly Exception[] }>('exceptions.mjs');
    for (const { test: name, engines, reason } of EXCEPTIONS) assert.ok(engines.length > 0 && /^[A-Z].*[.]$/.test(reason), name);
  });
});
