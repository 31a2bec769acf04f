/** Schedules against values worked out by hand (and, where named, PyTorch's schedulers stepped once an epoch), to 1e-12. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkEnds, checkSchedule, describeSchedule, dropsOf, type Schedule, scheduleAt } from 'iekd/dist/optim/schedule';

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-12, `expected ${expected}, received ${actual}`);

describe('scheduleAt', () => {
  const step: Schedule = { kind: 'step', base: 0.1, every: 2, factor: 0.5 };
  const multiStep: Schedule = { kind: 'multiStep', base: 0.1, at: [5, 8], factor: 0.1 };
  const cosine: Schedule = { kind: 'cosine', base: 0.2, floor: 0.04 };
  const linear: Schedule = { kind: 'linear', base: 0.2, floor: 0.04 };
  const warm: Schedule = { ...multiStep, warmUp: { epochs: 2, from: 0.2 } };
  const warmCosine: Schedule = { kind: 'cosine', base: 1, warmUp: { epochs: 2 } };
  const rows: readonly (readonly [string, Schedule, epoch: number, expected: number])[] = [
    ['a number is a constant', 50, 7.3, 50],
    ['step: before the first multiple', step, 1.99, 0.1],
    ['step: at a multiple', step, 2, 0.05],
    ['step: after four', step, 8.5, 0.1 / 16],
    ['multiStep: before the first milestone', multiStep, 4.999, 0.1],
    ['multiStep: from the milestone on', multiStep, 5, 0.01],
    ['multiStep: after the last', multiStep, 9.9, 0.001],
    ['cosine: start', cosine, 0, 0.2],
    ['cosine: a quarter, as CosineAnnealingLR', cosine, 2.5, 0.04 + 0.08 * (1 + Math.SQRT1_2)],
    ['cosine: half', cosine, 5, 0.12],
    ['cosine: end', cosine, 10, 0.04],
    ['cosine: past the end it stays', cosine, 12, 0.04],
    ['linear: start', linear, 0, 0.2],
    ['linear: a quarter, as LinearLR', linear, 2.5, 0.16],
    ['linear: the end', linear, 10, 0.04],
    ['linear after warm-up spans the rest', { ...linear, warmUp: { epochs: 2 } }, 6, 0.12],
    ['warm-up: start', warm, 0, 0.02],
    ['warm-up: half of it', warm, 1, 0.06],
    ['warm-up: over', warm, 2, 0.1],
    ['warm-up leaves milestones where they are', warm, 5, 0.01],
    ['cosine after warm-up spans the rest', warmCosine, 6, 0.5],
    ['cosine within warm-up is at its top', warmCosine, 1, 0.5],
  ];
  for (const [name, schedule, epoch, expected] of rows) {
    test(name, () => close(scheduleAt(checkSchedule('s', schedule), { epoch, epochs: 10 }), expected));
  }

  test('a warm-up as long as training is all of it', () => {
    const schedule: Schedule = { kind: 'cosine', base: 1, warmUp: { epochs: 3 } };
    close(scheduleAt(schedule, { epoch: 1.5, epochs: 3 }), 0.5);
  });
});

describe('checkSchedule refuses', () => {
  const multi = { kind: 'multiStep', base: 1, at: [1, 2], factor: 0.1 };
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['a negative constant', -1, 's: expected a number from 0, received -1'],
    ['NaN', Number.NaN, 's: expected a number from 0, received NaN'],
    ['a text', '0.1', 's: expected a number or a schedule, received "0.1"'],
    ['null', null, 's: expected a number or a schedule, received null'],
    ['an unknown kind', { kind: 'wave', base: 1 }, 's: kind: expected one of step, multiStep, cosine, linear, received "wave"'],
    ['no kind', { base: 1 }, 's: kind: expected one of step, multiStep, cosine, linear, received undefined'],
    [
      'a key of another kind',
      { kind: 'cosine', base: 1, every: 3 },
      's: expected options among kind, base, warmUp, floor, received "every"',
    ],
    ['no base', { kind: 'cosine' }, 's: base: expected a number from 0, received undefined'],
    ['steps of no length', { kind: 'step', base: 1, every: 0, factor: 1 }, `s: every: expected an integer from 1, received 0`],
    ['no factor', { ...multi, factor: undefined }, 's: factor: expected a number from 0, received undefined'],
    ['descending milestones', { ...multi, at: [8, 5] }, 's: at: expected whole epochs above 0, ascending, received [8,5]'],
    ['a milestone twice', { ...multi, at: [5, 5] }, 's: at: expected whole epochs above 0, ascending, received [5,5]'],
    ['a milestone within an epoch', { ...multi, at: [0.5] }, 's: at: expected whole epochs above 0, ascending, received [0.5]'],
    ['a milestone at 0', { ...multi, at: [0] }, 's: at: expected whole epochs above 0, ascending, received [0]'],
    ['a floor above the base', { kind: 'cosine', base: 1, floor: 2 }, 's: floor: expected a number in [0, 1], received 2'],
    ['a warm-up that is a number', { ...multi, warmUp: 3 }, 's: warmUp: expected an object with epochs and from, received 3'],
    [
      'an unknown key of a warm-up',
      { ...multi, warmUp: { epochs: 1, to: 2 } },
      's: warmUp: expected options among epochs, from, received "to"',
    ],
    ['a negative warm-up', { ...multi, warmUp: { epochs: -1 } }, 's: warmUp: epochs: expected a number from 0, received -1'],
  ];
  for (const [name, value, message] of rows) {
    test(name, () => assert.throws(() => checkSchedule('s', value), { name: 'InputError', message }));
  }
});

describe('schedules that change after the end', () => {
  const multi = { kind: 'multiStep', base: 1, factor: 0.1 } as const;
  const rows: readonly (readonly [Schedule, number, string | undefined])[] = [
    [{ ...multi, at: [1, 4] }, 5, undefined],
    [{ ...multi, at: [1, 5] }, 5, 's: at: expected milestones before the end of 5 epochs, received [1,5]'],
    [{ ...multi, at: [1] }, 1, 's: at: expected milestones before the end of 1 epoch, received [1]'],
    [{ kind: 'step', base: 1, every: 4, factor: 0.1 }, 5, undefined],
    [
      { kind: 'step', base: 1, every: 30, factor: 0.1 },
      10,
      's: every: expected less than the 10 epochs, received 30; a number is a constant rate',
    ],
    [{ kind: 'cosine', base: 1, warmUp: { epochs: 5 } }, 5, undefined],
    [{ kind: 'cosine', base: 1, warmUp: { epochs: 6 } }, 5, 's: warmUp: epochs: expected at most the 5 epochs, received 6'],
    [0.1, 1, undefined],
  ];
  for (const [schedule, epochs, message] of rows) {
    test(`${JSON.stringify(schedule)} over ${epochs}`, () => {
      const act = () => checkEnds('s', schedule, epochs);
      if (message === undefined) act();
      else assert.throws(act, { name: 'InputError', message });
    });
  }
});

describe('where a rate falls at once', () => {
  const rows: readonly (readonly [Schedule, number, readonly number[]])[] = [
    [0.1, 10, []],
    [{ kind: 'cosine', base: 0.1 }, 10, []],
    [{ kind: 'multiStep', base: 0.1, at: [5, 8], factor: 0.1 }, 10, [5, 8]],
    [{ kind: 'multiStep', base: 0.1, at: [5], factor: 2 }, 10, []],
    [{ kind: 'step', base: 0.1, every: 3, factor: 0.5 }, 10, [3, 6, 9]],
    [{ kind: 'step', base: 0.1, every: 5, factor: 0.5 }, 10, [5]],
  ];
  for (const [schedule, epochs, drops] of rows) {
    test(`${JSON.stringify(schedule)} over ${epochs}`, () => assert.deepEqual(dropsOf(schedule, epochs), drops));
  }
});

describe('in words', () => {
  const rows: readonly (readonly [Schedule, string])[] = [
    [0.1, '0.1'],
    [{ kind: 'cosine', base: 0.1, warmUp: { epochs: 0.25 } }, '0.1, falling to 0 as a cosine, after a warm-up of 0.25 epochs'],
    [{ kind: 'cosine', base: 0.1, floor: 0.001 }, '0.1, falling to 0.001 as a cosine'],
    [{ kind: 'linear', base: 50 }, '50, falling to 0 on a line'],
    [{ kind: 'multiStep', base: 0.1, at: [5], factor: 0.1 }, '0.1, times 0.1 after epoch 5'],
    [{ kind: 'multiStep', base: 0.1, at: [5, 8, 9], factor: 0.1 }, '0.1, times 0.1 after epochs 5, 8 and 9'],
    [
      { kind: 'step', base: 1, every: 30, factor: 0.5, warmUp: { epochs: 1, from: 0.2 } },
      '1, times 0.5 every 30 epochs, after a warm-up of 1 epoch from 0.2 of it',
    ],
    [{ kind: 'step', base: 1, every: 1, factor: 0.5 }, '1, times 0.5 every epoch'],
    [{ kind: 'multiStep', base: 0.1, at: [], factor: 0.1, warmUp: { epochs: 2 } }, '0.1, after a warm-up of 2 epochs'],
  ];
  for (const [schedule, words] of rows) test(words, () => assert.equal(describeSchedule(schedule), words));
});
