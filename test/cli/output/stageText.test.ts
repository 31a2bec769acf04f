/** What a run is going to do, and about how long it takes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stageEstimate, stagesLine } from 'iekd/dist/cli/output/stageText';
import type { StageEvent, StartEvent, StepEvent } from 'iekd/dist/training/events';
import { aboutDuration } from 'iekd/dist/util/text';

const stages = [
  { name: 'factor encoder', stepsPerEpoch: 40, training: { epochs: 30 } },
  { name: 'student', stepsPerEpoch: 40, training: { epochs: 1 } },
];
const start = (some: readonly object[], stage?: string): StartEvent =>
  ({ kind: 'start', facts: { stages: some }, ...(stage ? { resumed: { stage } } : {}) }) as unknown as StartEvent;

describe('what is to be done', () => {
  const table: readonly (readonly [string, StartEvent, readonly string[]])[] = [
    ['all stages', start(stages), ['To do: "factor encoder", 30 epochs of 40 steps; then "student", 1 epoch of 40 steps.']],
    ['one stage says nothing that the bar does not', start(stages.slice(1)), []],
    [
      'in mid-run',
      start(stages, 'factor encoder'),
      ['To do: the rest of "factor encoder", 30 epochs of 40 steps; then "student", 1 epoch of 40 steps.'],
    ],
    ['at its last stage', start(stages, 'student'), []],
  ];
  for (const [name, event, lines] of table) test(name, () => assert.deepEqual(stagesLine(event), lines));
});

describe('about how long', () => {
  const stage = { stage: 'factor encoder', index: 0, stages: 2 } as StageEvent;
  /** What is said of steps of so many seconds each, by the number of the step. */
  function said(stepSeconds: number, count: number, of: StageEvent = stage): string[] {
    let ms = 0;
    const estimate = stageEstimate(() => ms);
    return Array.from({ length: count }, (_, i) => {
      if (i > 0) ms += 1000 * stepSeconds;
      const line = estimate({ etaSeconds: (1200 - i - 1) * stepSeconds } as StepEvent, of);
      return line ? [`${i + 1}: ${line}`] : [];
    }).flat();
  }
  const slow = 'Stage 1 of 2, "factor encoder": about 20 minutes.';
  test('after five steps, once', () => assert.deepEqual(said(1, 20), [`5: ${slow}`]));
  test('after three seconds, where steps are quick', () =>
    assert.deepEqual(said(0.1, 100), ['31: Stage 1 of 2, "factor encoder": about 2 minutes.']));
  test('not of some seconds', () => assert.deepEqual(said(0.01, 1000), []));
  test('never of a stage that is over by then', () => assert.deepEqual(said(0.01, 200), []));
  test('of a run of one stage', () => assert.deepEqual(said(9, 5, { ...stage, stages: 1 }), ['5: Training: about 3 hours.']));
  const times: readonly (readonly [number, string])[] = [
    [0, 'a few seconds'],
    [12, '10 seconds'],
    [54, '55 seconds'],
    [56, '1 minute'],
    [1140, '19 minutes'],
    [3400, '1 hour'],
    [9000, '2.5 hours'],
    [50_000, '14 hours'],
  ];
  for (const [seconds, text] of times) test(`${seconds} s: ${text}`, () => assert.equal(aboutDuration(seconds), text));
});
