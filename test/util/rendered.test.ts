/** How received values are shown: briefly, whatever they are, and known names that were probably meant. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { InputError, isObject, knownKeys, nameIn, pick, describe as render, textIn } from 'iekd/dist/util/check';
import { listed, nearest } from 'iekd/dist/util/names';

const circular: Record<string, unknown> = { a: 1 };
circular.self = circular;
const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => [inner], 1);
const thrower = new Proxy({}, { get: () => assert.fail('hostile'), ownKeys: () => assert.fail('hostile') });

describe('a value in a few words', () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['a promise', Promise.resolve(1), 'a promise'],
    ['a tensor', tf.tensor2d([[1, 2]]), 'a tensor of shape [1,2]'],
    ['an array of numbers', new Float32Array(3e6), 'Float32Array of 3000000 values'],
    ['a buffer', new ArrayBuffer(8), 'an ArrayBuffer'],
    ['a map', new Map([[1, 2]]), 'a Map'],
    ['an error', new InputError('x: expected y'), 'InputError: x: expected y'],
    ['numbers that JSON loses', [Number.NaN, Infinity, undefined], '[NaN,Infinity,undefined]'],
    ['entries without a value', { a: undefined, f: () => 1, b: [2] }, '{"b":[2]}'],
    ['no prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['a large list', Array.from({ length: 1e6 }, (_, i) => i), `[${Array.from({ length: 29 }, (_, i) => i).join(',')}...`],
    ['a long text', 'x'.repeat(1e6), `"${'x'.repeat(76)}...`],
    ['itself', circular, '{"a":1,"self":{"a":1,"self":{"a":1,"self":{"a":1,"self":{"a":1,"self":{"a":1,...'],
    ['depth', deep, `${'['.repeat(77)}...`],
    ['what throws', thrower, 'a value that cannot be shown'],
    ['12n within', { n: 12n }, '{"n":12}'],
  ];
  for (const [name, value, text] of rows) test(name, () => assert.equal(render(value), text));
});

describe('names', () => {
  const models = ['resnet8', 'resnet20', 'wrn-16-2', 'vgg13-bn', 'mobilenetv2'];
  const rows: readonly (readonly [readonly string[], string, string | undefined])[] = [
    [models, 'ResNet8', 'resnet8'],
    [models, 'resnet-20', 'resnet20'],
    [models, 'WRN16-2', 'wrn-16-2'],
    [models, 'vgg13bn', 'vgg13-bn'],
    [models, 'mobilnet v2', 'mobilenetv2'],
    [models, 'lenet', undefined],
    [models, '', undefined],
    [models, 'r'.repeat(1e6), undefined],
    [['cifar10', 'cifar100'], 'CIFAR-100', 'cifar100'],
    [['cifar10', 'cifar100'], 'cifar-10', 'cifar10'],
    [['l1', 'l2', 'cosine'], 'cos', undefined],
    [['l1', 'l2', 'cosine'], 'Cosine', 'cosine'],
    [['l1', 'l2', 'cosine'], 'l3', undefined],
    [models, 'resnet9', undefined],
    [['epochs', 'batch'], 'epoch', 'epochs'],
    [['epochs', 'batch'], 'epocs', 'epochs'],
    [['table1', 'cifar100', 'table4'], 'tabel1', 'table1'],
    [['ratio', 'split'], 'ratoi', 'ratio'],
    [['ratio', 'split'], 'artio', undefined],
  ];
  for (const [known, name, meant] of rows) {
    test(`${name.slice(0, 20)} of ${known[0]}, …`, () => assert.equal(nearest(known, name), meant));
  }

  const fails = (message: string) => ({ name: 'InputError', message });
  test('a name that is not known, with the one that was meant', () => {
    const table = { natural: 1, random: 2 };
    assert.throws(
      () => pick('split', table, 'Random'),
      fails('split: expected one of natural, random, received "Random"; did you mean "random"?'),
    );
    for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty']) {
      assert.throws(() => pick('split', table, name), fails(`split: expected one of natural, random, received "${name}"`));
    }
    for (const name of [undefined, 3, { toString: 1 }, ['natural']]) {
      assert.throws(() => pick('split', table, name), fails(`split: expected one of natural, random, received ${render(name)}`));
    }
    const many = { table1: 1, cifar100: 1, table4: 1, ratio: 1, distance: 1, weight: 1, split: 1, parts: 1, figure1b: 1 };
    assert.throws(
      () => pick('experiment', many, 'tabel1'),
      fails(`experiment: did you mean "table1"? expected one of ${Object.keys(many).join(', ')}, received "tabel1"`),
    );
    assert.equal(nameIn('n', ['a', 'b'], 'b'), 'b');
  });
  test('options', () => {
    assert.throws(
      () => knownKeys('o', { epoch: 1 }, ['epochs']),
      fails('o: expected options among epochs, received "epoch"; did you mean "epochs"?'),
    );
    for (const key of ['toString', '__proto__', 'constructor']) {
      const options = JSON.parse(`{ "${key}": 1 }`) as object;
      assert.throws(() => knownKeys('o', options, ['epochs']), fails(`o: expected options among epochs, received "${key}"`));
    }
    for (const options of [undefined, null, 3, 'a', [1]]) {
      assert.throws(() => knownKeys('o', options, ['a']), fails(`o: expected an object of options, received ${render(options)}`));
    }
    assert.throws(
      () => knownKeys('o', Promise.resolve({}), ['a']),
      fails('o: expected an object of options, received a promise; await it'),
    );
  });
  test('a list of very many names is cut', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `network${i}`);
    assert.match(listed(many), /^network0, network1, .*, network\d+ and 9\d\d more$/);
    assert.throws(
      () => nameIn('n', many, 'x'),
      (error: Error) => error.message.length < 430,
    );
  });
  test('texts', () => {
    assert.equal(textIn('t', 'a/b'), 'a/b');
    const rows: readonly (readonly [unknown, string])[] = [
      ['', 't: expected a text, received ""'],
      [3, 't: expected a text, received 3'],
      ['x'.repeat(5000), 't: expected a text of at most 4096 characters, received one of 5000'],
      ['a\0b', 't: expected a text without zero bytes, received "a\\u0000b"'],
    ];
    for (const [value, message] of rows) assert.throws(() => textIn('t', value), fails(message));
  });
  test('objects', () => assert.deepEqual([{}, [], null, 1, 'a'].map(isObject), [true, false, false, false, false]));
});
