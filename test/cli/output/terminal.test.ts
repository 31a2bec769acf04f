/** How wide a terminal is and whether it has colours; sentences in the command line's words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineLine } from 'iekd/dist/cli/options/engineOptions';
import { fittedText } from 'iekd/dist/cli/output/output';
import { hasColour, terminalWidth } from 'iekd/dist/cli/output/terminal';
import { inTypedWords, inWords } from 'iekd/dist/cli/output/words';

describe('colours', () => {
  const table: readonly (readonly [boolean, Record<string, string>, boolean])[] = [
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ];
  for (const [isTTY, env, expected] of table) {
    test(`${isTTY ? 'a terminal' : 'a file'} with ${JSON.stringify(env)}`, () =>
      assert.equal(hasColour({ isTTY }, env), expected));
  }
});

describe('width', () => {
  const table: readonly (readonly [boolean, number, string | undefined, number])[] = [
    [true, 120, '60', 120],
    [true, 5, undefined, 20],
    [true, 0, '60', 60],
    [false, 0, undefined, 80],
    [false, 0, '100', 100],
    [false, 0, 'wide', 80],
    [false, 0, '-3', 80],
  ];
  for (const [isTTY, columns, variable, expected] of table) {
    test(`${isTTY ? `a terminal of ${columns}` : 'a file'}, COLUMNS ${variable}`, () => {
      const before = process.env['COLUMNS'];
      if (variable === undefined) delete process.env['COLUMNS'];
      else process.env['COLUMNS'] = variable;
      assert.equal(terminalWidth({ isTTY, columns }), expected);
      if (before === undefined) delete process.env['COLUMNS'];
      else process.env['COLUMNS'] = before;
    });
  }
  test('text keeps its first indent and has its own on further lines', () => {
    const text = `  ${Array.from({ length: 30 }, () => 'word').join(' ')}`;
    const lines = fittedText(text, '    ').split('\n');
    assert.deepEqual(
      lines.map((line) => /^ */.exec(line)?.[0].length),
      [2, 4],
    );
    assert.ok(lines.every((line) => line.length <= 80));
    assert.equal(lines.map((line) => line.trim()).join(' '), text.trim());
  });
});

describe('words', () => {
  const always: readonly (readonly [string, string])[] = [
    [
      'x: expected a.bin, received no such file; load with download: true, or put it there',
      'x: expected a.bin, received no such file; add --download, or put it there',
    ],
    [
      "the student has stage3 of 8×8: name them as { teacher, student }, or ask for 'common'",
      `the student has stage3 of 8×8: add --set feature=common, or --set 'feature={"teacher":"NAME","student":"NAME"}'`,
    ],
    [
      'budget: teachers: expected none, as table4 trains no teacher, received "a"',
      '--teacher: expected none, as table4 trains no teacher, received "a"',
    ],
    ['experimentNamed: expected one of table1, received "t"', 'experiment: expected one of table1, received "t"'],
    ['runs/a/config.json: training: learningRate: at: expected', 'runs/a/config.json: training: learningRate: at: expected'],
  ];
  for (const [said, expected] of always) test(expected, () => assert.equal(inWords(said), expected));
  const typed: readonly (readonly [string, string])[] = [
    [
      'train: training: learningRate: at: expected whole epochs above 0, ascending, received [2,1]',
      '--lr-drops: expected whole epochs above 0, ascending, received [2,1]',
    ],
    ['train: training: learningRate: base: expected a number', '--lr: expected a number'],
    ['train: training: batch: expected', '--batch: expected'],
    ['train: training: ema: expected a number between 0 and 1', '--ema: expected a number between 0 and 1'],
    ['train: training: optimizer: name: expected one of sgd', '--optimizer: expected one of sgd'],
    ['train: training: optimizer: beta2: expected a number below 1', '--optimizer-set: beta2: expected a number below 1'],
    ['train: training: learningRate: warmUp: epochs: expected', '--warm-up: expected'],
    ['train: dataset: train: expected', '--train-images: expected'],
    [
      'train: peers: expected none for the method supervised, received [{"name":"resnet8"}]',
      '--peer: expected none for the method supervised, received "resnet8"',
    ],
    [
      'buildNetwork: resnet20: expected options among name, received "foo"',
      '--model-set: resnet20: expected options among name, received "foo"',
    ],
    [
      'buildMethod: ie-ft: expected options among rate, received "ratoi"',
      '--set: ie-ft: expected options among rate, received "ratoi"',
    ],
    ['train: student: name: expected one of resnet8', '--model: expected one of resnet8'],
    ['train: peers: 0: name: expected one of resnet8', '--peer: expected one of resnet8'],
    ['planNetwork: expected one of resnet8', '--model or --peer: expected one of resnet8'],
  ];
  for (const [said, expected] of typed) test(expected, () => assert.equal(inTypedWords(said), expected));
});

describe('the engine in a line', () => {
  const report = { name: 'onednn', threads: 2, precision: 'float32', skipped: [] } as const;
  const skipped = [{ name: 'onednn', reason: 'there is no compiler' }] as const;
  test('that was wanted', () => assert.equal(engineLine(report), 'Engine onednn, 2 threads, float32.'));
  test('for want of a faster one', () =>
    assert.equal(
      engineLine({ ...report, name: 'portable', threads: 1, skipped }),
      'Engine portable, 1 thread, float32. onednn would be faster; iekd engines says why it is not used.',
    ));
});
