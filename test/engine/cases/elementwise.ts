/** Elementwise ops: broadcasting of two operands, one operand with ties and exact zeros, choices and casts. */
import { tf } from 'iekd/dist/engine/tf';
import { type InputKind, type KernelCase, of, shapeText } from './types';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type Unary = (x: tf.Tensor) => tf.Tensor;

/** Pairs of shapes that tfjs broadcasts to one. */
const PAIRS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 5, 5, 3],
    [2, 5, 5, 3],
  ],
  [[4, 17], [17]],
  [[2, 3, 3, 17], [17]],
  [
    [2, 3, 3, 5],
    [2, 1, 1, 5],
  ],
  [
    [2, 3, 3, 5],
    [1, 3, 1, 1],
  ],
  [[7], []],
  [[], [2, 3]],
  [[], []],
  [
    [5, 1],
    [1, 6],
  ],
  [[3], [2, 1]],
  [[1], [1]],
  [
    [2, 1, 3, 1, 2],
    [4, 1, 3, 1],
  ],
  [[1031], [1031]],
];

const BINARY: readonly (readonly [string, Binary, InputKind])[] = [
  ['Add', tf.add, 'normal'],
  ['Sub', tf.sub, 'normal'],
  ['Multiply', tf.mul, 'normal'],
  ['RealDiv', tf.div, 'positive'],
];

/** With ties; tfjs differentiates none. */
const COMPARISONS: readonly (readonly [string, Binary])[] = [
  ['Greater', tf.greater],
  ['GreaterEqual', tf.greaterEqual],
  ['Less', tf.less],
  ['LessEqual', tf.lessEqual],
  ['Equal', tf.equal],
  ['NotEqual', tf.notEqual],
];

const UNARY: readonly (readonly [string, Unary, InputKind])[] = [
  ['Relu', tf.relu, 'halves'],
  ['LeakyRelu', (x) => tf.leakyRelu(x, 0.1), 'halves'],
  ['LeakyRelu', (x) => tf.leakyRelu(x), 'normal'],
  ['Relu6', (x) => tf.relu6(tf.mul(x, 4)), 'normal'],
  ['Abs', tf.abs, 'halves'],
  ['Sign', tf.sign, 'halves'],
  ['Step', (x) => tf.step(x), 'halves'],
  ['Step', (x) => tf.step(x, 0.25), 'halves'],
  ['Neg', tf.neg, 'normal'],
  ['Square', tf.square, 'normal'],
  ['Sqrt', tf.sqrt, 'positive'],
  ['Rsqrt', tf.rsqrt, 'positive'],
  ['Exp', tf.exp, 'normal'],
  ['Log', tf.log, 'positive'],
  ['Reciprocal', tf.reciprocal, 'positive'],
  ['Sigmoid', tf.sigmoid, 'normal'],
  ['Tanh', tf.tanh, 'normal'],
  ['Elu', tf.elu, 'normal'],
  ['ClipByValue', (x) => tf.clipByValue(x, -0.5, 0.6), 'distinct'],
  ['Floor', (x) => tf.floor(tf.mul(x, 3)), 'distinct'],
  ['Pow', (x) => tf.pow(x, 2), 'normal'],
  ['Pow', (x) => tf.pow(x, 3), 'normal'],
  ['Pow', (x) => tf.pow(x, -0.5), 'positive'],
  ['ZerosLike', (x) => tf.add(x, tf.zerosLike(x)), 'normal'],
  ['OnesLike', (x) => tf.mul(x, tf.onesLike(x)), 'normal'],
  ['Fill', (x) => tf.sub(x, tf.fill(x.shape, 0.75)), 'normal'],
];

function binary([kernel, op, kind]: (typeof BINARY)[number]): KernelCase[] {
  return PAIRS.map(([a, b]) => ({
    name: `${kernel} ${shapeText(a)} with ${shapeText(b)}`,
    kernels: [kernel],
    inputs: [of(a), of(b, kind)],
    run: (x, y) => op(x as tf.Tensor, y as tf.Tensor),
  }));
}

function comparison([kernel, op]: (typeof COMPARISONS)[number]): KernelCase[] {
  return PAIRS.map(([a, b]) => ({
    name: `${kernel} ${shapeText(a)} with ${shapeText(b)}`,
    kernels: [kernel],
    inputs: [of(a, 'halves'), of(b, 'halves')],
    run: (x, y) => op(x as tf.Tensor, y as tf.Tensor),
    differentiate: [],
  }));
}

function unary([kernel, op, kind]: (typeof UNARY)[number], index: number): KernelCase[] {
  return [[3, 5, 7], [1], [], [2, 17]].map((shape) => ({
    name: `${kernel} (row ${index}) ${shapeText(shape)}`,
    kernels: [kernel],
    inputs: [of(shape, kind)],
    run: (x) => op(x as tf.Tensor),
  }));
}

const choices: readonly KernelCase[] = [
  ...[[2, 3, 5], [1], [17], [2, 3, 3, 33]].map((shape) => ({
    name: `where ${shapeText(shape)}`,
    kernels: ['Select'],
    inputs: [of(shape, 'bool'), of(shape), of(shape)],
    run: (c?: tf.Tensor, a?: tf.Tensor, b?: tf.Tensor) => tf.where(c as tf.Tensor, a as tf.Tensor, b as tf.Tensor),
  })),
  {
    name: 'logicalAnd, logicalOr and logicalNot, 4x3x5',
    kernels: ['LogicalAnd', 'LogicalOr', 'LogicalNot'],
    inputs: [of([4, 3, 5], 'bool'), of([4, 3, 5], 'bool')],
    run: (...given) => {
      const [a, b] = given as [tf.Tensor, tf.Tensor];
      return [tf.logicalAnd(a, b), tf.logicalOr(a, b), tf.logicalNot(a)];
    },
  },
  {
    name: 'logicalAnd 4x5 with 5',
    kernels: ['LogicalAnd'],
    inputs: [of([4, 5], 'bool'), of([5], 'bool')],
    run: (a, b) => tf.logicalAnd(a as tf.Tensor, b as tf.Tensor),
  },
  {
    name: 'maximum with ties, 4x5',
    kernels: ['Maximum', 'GreaterEqual', 'Less'],
    inputs: [of([4, 5], 'halves'), of([4, 5], 'halves')],
    run: (a, b) => tf.maximum(a as tf.Tensor, b as tf.Tensor),
  },
  {
    name: 'minimum with ties, 4x5',
    kernels: ['Minimum', 'LessEqual', 'Greater'],
    inputs: [of([4, 5], 'halves'), of([4, 5], 'halves')],
    run: (a, b) => tf.minimum(a as tf.Tensor, b as tf.Tensor),
  },
  {
    // tfjs forgets to sum the gradient of the broadcast operand.
    name: 'maximum 4x5 with 5',
    kernels: ['Maximum'],
    inputs: [of([4, 5]), of([5])],
    run: (a, b) => tf.maximum(a as tf.Tensor, b as tf.Tensor),
    differentiate: [0],
  },
  {
    name: 'maximum with a scalar, 3x4',
    kernels: ['Maximum'],
    inputs: [of([3, 4])],
    run: (a) => tf.maximum(a as tf.Tensor, 0.25),
  },
  {
    name: 'pow 3x4 with 4',
    kernels: ['Pow'],
    inputs: [of([3, 4], 'positive'), of([4], 'positive')],
    run: (a, b) => tf.pow(a as tf.Tensor, b as tf.Tensor),
  },
  {
    name: 'pow 2x3x3x5 with 2x1x1x5',
    kernels: ['Pow'],
    inputs: [of([2, 3, 3, 5], 'positive'), of([2, 1, 1, 5], 'positive')],
    run: (a, b) => tf.pow(a as tf.Tensor, b as tf.Tensor),
  },
  {
    name: 'prelu 2x3x5 with 5',
    kernels: ['Prelu'],
    inputs: [of([2, 3, 5]), of([5], 'positive')],
    run: (x, a) => tf.prelu(x as tf.Tensor, a as tf.Tensor),
  },
  {
    name: 'Add of int32, 3x4 with 4',
    kernels: ['Add'],
    inputs: [of([3, 4], 'int', 9), of([4], 'int', 9)],
    run: (a, b) => tf.add(a as tf.Tensor, b as tf.Tensor),
  },
  {
    name: 'Multiply of int32 and float32, 3x4 with 4',
    kernels: ['Multiply', 'Cast'],
    inputs: [of([3, 4], 'int', 9), of([4])],
    run: (a, b) => tf.mul(a as tf.Tensor, b as tf.Tensor),
    differentiate: [1],
  },
  {
    name: 'addN of three, 3x5',
    kernels: ['AddN'],
    inputs: [of([3, 5]), of([3, 5]), of([3, 5])],
    run: (...xs) => tf.addN(xs),
  },
  {
    name: 'one operand twice, 3x5',
    kernels: ['Multiply', 'Add'],
    inputs: [of([3, 5])],
    run: (x) => tf.add(tf.mul(x as tf.Tensor, x as tf.Tensor), x as tf.Tensor),
  },
];

export const elementwiseCases: readonly KernelCase[] = [
  ...BINARY.flatMap(binary),
  ...COMPARISONS.flatMap(comparison),
  ...UNARY.flatMap(unary),
  ...choices,
];
