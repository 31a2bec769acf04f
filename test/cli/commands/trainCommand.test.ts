/** `iekd train` and what is typed as a run: folders that are complete, unfinished, none, and names that no run has. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { iekd } from '../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-train-'));
after(() => rmSync(root, { recursive: true }));
const runs = join(root, 'runs');
const [begun, early, complete, other] = ['begun', 'early', 'complete', 'other'].map((name) => join(runs, name)) as [
  string,
  string,
  string,
  string,
];

before(() => {
  const epoch = { kind: 'epoch', stage: 'student', epoch: 3, epochs: 10, step: 9, seconds: 1, learningRate: 0.1, loss: 1 };
  for (const folder of [begun, early, complete, other]) mkdirSync(folder, { recursive: true });
  for (const folder of [begun, early, complete]) writeFileSync(join(folder, 'config.json'), '{}');
  writeFileSync(join(begun, 'metrics.jsonl'), `${JSON.stringify({ ...epoch, terms: {}, evaluations: [] })}\n`);
  writeFileSync(join(complete, 'result.json'), '{}');
});

const LAST = 'expected a folder with student-last.safetensors, received';
const resume = (folder: string): string => `it is there once the run is complete: npx iekd resume ${folder}`;
const NAME = 'nothing of that name, here or among the runs in';
const PLACE = 'expected a file of weights, or a run by its folder or name, received';
const LOOK = 'look at the name again, or name another folder of runs with --runs';

describe('what is typed as a run', () => {
  const kd = (teacher: string): string[] => ['train', '--method', 'kd', '--teacher', teacher, '--runs', runs, '--dry-run'];
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['an unfinished teacher', kd(begun), `--teacher: ${LAST} a run after epoch 3 of 10 ("student"); ${resume(begun)}`],
    ['one by its name', kd('begun'), `--teacher: ${LAST} a run after epoch 3 of 10 ("student"); ${resume(begun)}`],
    ['one that has just begun', kd(early), `--teacher: ${LAST} a run before the end of its first epoch; ${resume(early)}`],
    ['a folder of something else', kd(other), `--teacher: ${LAST} ${other}; it is not the folder of a run`],
    ['a name that no run has', kd('nosuch'), `nosuch: ${PLACE} ${NAME} ${runs}; ${LOOK}`],
    ['a name with letters exchanged', kd('bgeun'), `bgeun: ${PLACE} ${NAME} ${runs}; did you mean "begun"?`],
    [
      'weights to begin with',
      ['train', '--from', early, '--dry-run'],
      `--from: ${LAST} a run before the end of its first epoch; ${resume(early)}`,
    ],
    ['weights to be measured', ['evaluate', begun], `evaluate: ${LAST} a run after epoch 3 of 10 ("student"); ${resume(begun)}`],
    [
      'a run to be resumed',
      ['resume', 'nosuch', '--runs', runs],
      `nosuch: expected a run by its folder or name, received ${NAME} ${runs}; ${LOOK}`,
    ],
    [
      'the folder of a complete run',
      ['train', '--out', complete],
      `train: expected a folder without a run, received ${complete}, whose run is complete; train on from its weights (--from ${complete}), or choose another folder with --out`,
    ],
    [
      'the folder of an unfinished run',
      ['train', '--out', begun],
      `train: expected a folder without a run, received ${begun}, whose run is not complete; go on with it (npx iekd resume ${begun}), or choose another folder with --out`,
    ],
  ];
  for (const [name, args, message] of rows) {
    test(name, () => assert.deepEqual(iekd(args), { code: 1, stdout: '', stderr: `iekd: ${message}\n` }));
  }
});
