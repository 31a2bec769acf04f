/** Every function of the front door, called with what it is not for: it refuses with a sentence, or takes it; nothing falls over. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as door from 'iekd/dist/index';

/** Classes: they are made with `new`. */
const CLASSES: readonly string[] = ['InputError', 'Variables'];

const CALLS: readonly (readonly [string, readonly unknown[]])[] = [
  ['nothing', []],
  ['undefined', [undefined]],
  ['null', [null]],
  ['a text', ['x']],
  ['a number', [3]],
  ['an empty object', [{}]],
  ['an empty list', [[]]],
  ['a list of a number', [[3]]],
  ['a list of an empty object', [[{}]]],
];

type Call = (...args: readonly unknown[]) => unknown;
type Class = new (...args: readonly unknown[]) => unknown;

before(() => door.start({ engine: 'portable' }));

describe('refuses with a sentence, or takes', () => {
  const functions = Object.entries(door).filter(([, value]) => typeof value === 'function');
  for (const [name, value] of functions) {
    test(name, async () => {
      for (const [what, args] of CALLS) {
        try {
          await (CLASSES.includes(name) ? new (value as Class)(...args) : (value as Call)(...args));
        } catch (error) {
          assert.ok(error instanceof door.InputError, `${name} of ${what}: ${String(error)}`);
        }
      }
    });
  }
});

test('the sentence says what was expected', () => {
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => door.saveWeights('w', undefined as never), 'saveWeights: expected a network, received undefined'],
    [() => door.loadNetwork(3 as never), 'loadNetwork: path: expected a text, received 3'],
    [() => door.planName({} as never), 'planName: expected a plan of a run, received {}'],
    [() => door.bars('x' as never), 'bars: expected a list of bars, received "x"'],
    [() => door.overSeeds([{}] as never), 'overSeeds: number 1: expected one of the runs, received {}'],
    [
      () => door.scheduleAt({} as never, {} as never),
      'scheduleAt: kind: expected one of step, multiStep, cosine, linear, received undefined',
    ],
    [() => door.stopGradient(3 as never), 'stopGradient: x: expected a tensor, received 3'],
    [() => door.varied({} as never, 'x', {}), 'varied: expected a row with a plan, received {}'],
    [() => door.overLayers([], [], () => 0 as never), 'overLayers: factor: expected at least one tensor, received []'],
  ];
  for (const [call, message] of rows) assert.throws(call, { name: 'InputError', message });
});

test('also where the answer comes later', async () => {
  const rows: readonly (readonly [() => Promise<unknown>, string])[] = [
    [() => door.reproduce({} as never), 'reproduce: expected a list of plans, received {}'],
    [() => door.reproduce(['x'] as never), 'reproduce: number 1: expected one of the plans, received "x"'],
    [() => door.resumeRun(undefined as never), 'resumeRun: folder: expected a text, received undefined'],
    [() => door.figurePng(undefined as never), 'showFigure: expected a figure, { data, layout }, received undefined'],
    [
      () => door.benchProfile('x' as never),
      'benchProfile: expected the engine that was started, { engine, threads }, received "x"',
    ],
  ];
  for (const [call, message] of rows) await assert.rejects(call, { name: 'InputError', message });
});
