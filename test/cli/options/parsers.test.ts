/** Values of options. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fraction, integer, listOf, number, seeds, settings, texts } from 'iekd/dist/cli/options/parsers';

const READ: readonly (readonly [string, () => unknown, unknown])[] = [
  ['integer 12', () => integer(1)('12'), 12],
  ['integer at its least', () => integer(8)('8'), 8],
  ['number 0.5', () => number(0)('0.5'), 0.5],
  ['number 1e-3', () => number(0)('1e-3'), 0.001],
  ['fraction 1', () => fraction('1'), 1],
  ['a list', () => listOf(['a', 'b', 'c'])('a, c'), ['a', 'c']],
  ['seeds: how many', () => seeds('3'), [0, 1, 2]],
  ['seeds: which', () => seeds('0, 2'), [0, 2]],
  ['seeds: one alone', () => seeds('1,'), [1]],
  ['seeds: each once', () => seeds('2,2,0'), [2, 0]],
  ['texts', () => texts('alone, IE-FT'), ['alone', 'IE-FT']],
  ['settings: a number', () => settings('ratio=0.25'), { ratio: 0.25 }],
  ['settings: text', () => settings('split=random', { ratio: 1 }), { ratio: 1, split: 'random' }],
  ['settings: JSON with an equals sign', () => settings('fit={"name":"a=b"}'), { fit: { name: 'a=b' } }],
  [
    'settings: an entry of a value',
    () => settings('explore.how=cka', { explore: { from: 3 } }),
    { explore: { from: 3, how: 'cka' } },
  ],
  [
    'settings: a value with entries after a number',
    () => settings('explore.weight.base=1', { explore: 3 }),
    { explore: { weight: { base: 1 } } },
  ],
  ['settings: the last one counts', () => settings('a=2', { a: 1 }), { a: 2 }],
];

const REFUSED: readonly (readonly [string, () => unknown, string])[] = [
  ['integer x', () => integer(1)('x'), 'expected an integer of at least 1.'],
  ['integer 1.5', () => integer(1)('1.5'), 'expected an integer of at least 1.'],
  ['integer 0 below its least', () => integer(1)('0'), 'expected an integer of at least 1.'],
  ['integer, empty', () => integer(0)(' '), 'expected an integer of at least 0.'],
  ['number Infinity', () => number(0)('Infinity'), 'expected a number of at least 0.'],
  ['number -1', () => number(0)('-1'), 'expected a number of at least 0.'],
  ['fraction 1.5', () => fraction('1.5'), 'expected a number from 0 to 1.'],
  ['a list with an unknown name', () => listOf(['a', 'b'])('a,d'), 'expected names among a, b, separated by commas.'],
  ['no seed', () => seeds('0'), 'expected how many (3), or which (0,2).'],
  ['seeds by a word', () => seeds('all'), 'expected how many (3), or which (0,2).'],
  ['seeds of text', () => seeds('1,x'), 'expected an integer of at least 0.'],
  ['seeds, only a comma', () => seeds(','), 'expected how many (3), or which (0,2).'],
  ['settings without a value', () => settings('ratio'), 'expected NAME=VALUE.'],
  ['settings without a name', () => settings('=1'), 'expected NAME=VALUE.'],
];

describe('options are read', () => {
  for (const [name, read, expected] of READ) test(name, () => assert.deepEqual(read(), expected));
});

describe('options are refused', () => {
  for (const [name, read, message] of REFUSED) test(name, () => assert.throws(read, { name: 'InvalidArgumentError', message }));
});
