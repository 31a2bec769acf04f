/** Numbers in sentences. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, counted, duration, printable } from 'iekd/dist/util/text';

test('counts', () =>
  assert.deepEqual([0, 3, 4.26, -3.14, 99.95, 123.6, 1234.6, 272_474].map(count), [
    ...['0', '3', '4.3', '-3.1', '100', '124', '1,235', '272,474'],
  ]));

test('counts of something', () =>
  assert.deepEqual(
    [0, 1, 2, 1500].map((n) => counted(n, 'step')),
    ['0 steps', '1 step', '2 steps', '1,500 steps'],
  ));

test('times', () =>
  assert.deepEqual([-3, 0, 0.4, 41.4, 59.6, 185, 3599.4, 3599.6, 7440].map(duration), [
    ...['0 s', '0 s', '0 s', '41 s', '1 min 0 s', '3 min 5 s', '59 min 59 s', '1 h 0 min', '2 h 4 min'],
  ]));

test('names with line breaks and other control characters', () =>
  assert.deepEqual(['a\n"b', '\u001b[31mred', 'x\u007f\u0085\u2028', 'Å 日本.jpg'].map(printable), [
    ...['a\\n"b', '\\u001b[31mred', 'x\\u007f\\u0085\\u2028', 'Å 日本.jpg'],
  ]));
