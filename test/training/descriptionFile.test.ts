/** What a run says of itself in its folder: before the first step, with the terms of each stage, and after it goes on. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DESCRIPTION_FILE, describedBy, descriptionFile } from 'iekd/dist/training/descriptionFile';
import type { StartEvent, TermsEvent } from 'iekd/dist/training/events';

const folder = mkdtempSync(join(tmpdir(), 'iekd-description-'));
after(() => rmSync(folder, { recursive: true }));

const network = { name: 'resnet8', spec: { name: 'resnet8', classes: 10 }, parameters: 78042 } as const;
const data = { name: 'cifar10', augmentation: 'none', train: 20, validation: 0, test: 10, fingerprint: 'x' } as const;
const start = (resumed = false): StartEvent =>
  ({
    kind: 'start',
    facts: { student: network, teachers: [], method: { name: 'supervised', options: {} }, data, stages: [], seed: 3, state: {} },
    ...(resumed ? { resumed: { stage: 'student', epoch: 0, done: 1, step: 1 } } : {}),
  }) as unknown as StartEvent;
const terms = (stage: string, value: number): TermsEvent => ({
  ...{ kind: 'terms', stage, step: 1 },
  terms: [{ name: 'task', value, weight: 1, weighted: value, reduction: 'mean over batch' }],
});
const HEAD = [
  'Student resnet8 (78,042 parameters) is trained by supervised.',
  'Data: cifar10, 20 training, 0 validation, 10 test images.',
  'Seed 3.',
];
const FIRST = ['First step of stage "encoder":', '  task: 2.3 · weight 1 = 2.3 (mean over batch)'];
const SECOND = ['First step of stage "student":', '  task: 1.5 · weight 1 = 1.5 (mean over batch)'];

describe('the description of a run', () => {
  it('begins with its head, and grows with the first step of each stage', () => {
    assert.deepEqual([start(), terms('encoder', 2.3), terms('student', 1.5)].map(describedBy), [HEAD, FIRST, SECOND]);
    assert.deepEqual(describedBy({ kind: 'done', seconds: 1 }), []);
  });

  it('is a file from the start on; a run that goes on keeps it, and says no stage twice', () => {
    const path = join(folder, DESCRIPTION_FILE);
    const lines = (): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
    const first = descriptionFile(path);
    first(start());
    assert.deepEqual(lines(), HEAD);
    first(terms('encoder', 2.3));
    assert.deepEqual(lines(), [...HEAD, ...FIRST]);
    const second = descriptionFile(path);
    second(start(true));
    second(terms('encoder', 9));
    second(terms('student', 1.5));
    assert.deepEqual(lines(), [...HEAD, ...FIRST, ...SECOND]);
    descriptionFile(path)(start()); // a new run replaces it
    assert.deepEqual(lines(), HEAD);
    assert.deepEqual(readdirSync(folder), [DESCRIPTION_FILE]);
  });
});
