/** Error texts, word for word: other tests and users rely on their form. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  InputError,
  integerIn,
  knownKeys,
  numberIn,
  pick,
  positive,
  refuse,
  refusePhrase,
  describe as render,
  sameShape,
} from 'iekd/dist/util/check';

const fails = (message: string) => ({ name: 'InputError', message });

describe('describe', () => {
  const named = function crop(): void {};
  const rows: readonly (readonly [unknown, string])[] = [
    ['a', '"a"'],
    [3, '3'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [12n, '12'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[1, 'b'], '[1,"b"]'],
    [{ a: 1 }, '{"a":1}'],
    [named, 'function crop'],
    [() => 1, 'function (anonymous)'],
    [Symbol('s'), 'Symbol(s)'],
    [{ big: 1n }, '{"big":1}'],
    ['x'.repeat(100), `"${'x'.repeat(76)}...`],
  ];
  for (const [value, text] of rows) test(text, () => assert.equal(render(value), text));
});

describe('errors', () => {
  test('refuse, with and without the next step', () => {
    const error = refuse('here', 'a number', 'x');
    assert.ok(error instanceof InputError);
    assert.deepEqual([error.name, error.message], ['InputError', 'here: expected a number, received "x"']);
    assert.equal(refuse('here', 'a', 'b', 'do c').message, 'here: expected a, received "b"; do c');
  });
  test('refusePhrase leaves the phrase as it is', () => {
    assert.equal(refusePhrase('f', '4 bytes', '3 bytes', 'cut?').message, 'f: expected 4 bytes, received 3 bytes; cut?');
  });
});

describe('no message is over 500 characters', () => {
  const long = 'x'.repeat(5000);
  const rows: readonly (readonly [string, () => Error, string])[] = [
    ['where', () => refuse(long, 'a', 'b', 'c'), `${'x'.repeat(210)}…${'x'.repeat(89)}: expected a, received "b"; c`],
    ['expected', () => refuse('w', long, 'b', 'c'), `w: expected ${'x'.repeat(210)}…${'x'.repeat(89)}, received "b"; c`],
    ['received', () => refuse('w', 'a', long), `w: expected a, received "${'x'.repeat(76)}...`],
    ['all of it', () => refusePhrase(long, long, long, long), `${'x'.repeat(80)}…${'x'.repeat(34)}: expected x`],
    ['a message of its own', () => new InputError(long), `${'x'.repeat(350)}…${'x'.repeat(149)}`],
  ];
  for (const [name, make, start] of rows) {
    test(name, () => {
      const { message } = make();
      assert.ok(message.length <= 500, String(message.length));
      assert.equal(message.slice(0, start.length), start);
    });
  }
});

describe('checks', () => {
  test('pick finds own entries only', () => {
    assert.equal(pick('t', { a: 1, b: 2 }, 'b'), 2);
    assert.throws(() => pick('t', { a: 1, b: 2 }, 'c'), fails('t: expected one of a, b, received "c"'));
    assert.throws(() => pick('t', { a: 1 }, 'toString'), fails('t: expected one of a, received "toString"'));
    assert.throws(() => pick('t', { a: 1 }, { toString: 1 }), fails('t: expected one of a, received {"toString":1}'));
  });
  test('knownKeys', () => {
    knownKeys('o', { a: 1 }, ['a', 'b']);
    assert.throws(() => knownKeys('o', { a: 1, z: 2 }, ['a', 'b']), fails('o: expected options among a, b, received "z"'));
  });
  test('numberIn', () => {
    for (const x of [0, 0.5, 1]) assert.equal(numberIn('n', x, 0, 1), x);
    for (const x of [-0.1, 1.1, Number.NaN, Infinity, '1', null]) {
      assert.throws(() => numberIn('n', x, 0, 1), fails(`n: expected a number in [0, 1], received ${render(x)}`));
    }
    assert.throws(() => numberIn('n', Infinity), fails('n: expected a finite number, received Infinity'));
  });
  test('positive', () => {
    for (const x of [1e-9, 1, 1e9]) assert.equal(positive('p', x), x);
    for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
      assert.throws(() => positive('p', x), fails(`p: expected a number above 0, received ${render(x)}`));
    }
  });

  test('integerIn', () => {
    for (const x of [0, 1, 2]) assert.equal(integerIn('i', x, 0, 2), x);
    for (const x of [-1, 3, 1.5, '1', undefined]) {
      assert.throws(() => integerIn('i', x, 0, 2), fails(`i: expected an integer in [0, 2], received ${render(x)}`));
    }
    assert.throws(() => integerIn('i', 2 ** 53), /^InputError: i: expected an integer from 0/);
  });
  test('sameShape', () => {
    const rows: readonly (readonly [number[], number[], boolean])[] = [
      [[], [], true],
      [[1, 2], [1, 2], true],
      [[1, 2], [2, 1], false],
      [[1], [1, 1], false],
    ];
    for (const [a, b, same] of rows) assert.equal(sameShape(a, b), same, `${a} ${b}`);
  });
});
