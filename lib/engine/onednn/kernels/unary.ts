/** Elementwise functions of one tensor. */
import { tf } from '../../tf';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** Runs an elementwise function of `x` with leading scalars into an output of x's shape. */
function elementwise(call: NativeCall, name: string, x: tf.TensorInfo, scalars: readonly number[]) {
  if (!isDense(x)) return undefined;
  const { info, values } = call.backend.output(x.shape);
  call.native(name)(tf.util.sizeFromShape(x.shape), ...scalars, call.backend.floats(x), values);
  return info;
}

/** A leaky rectifier, or its gradient, of tensors of one shape: maps as they are kept. */
export function rectify(call: NativeCall, name: string, slope: number, ...tensors: readonly [tf.TensorInfo, ...tf.TensorInfo[]]) {
  if (!isDense(...tensors)) return undefined;
  const { shape } = tensors[0];
  const { values, output } = call.backend.sameLayout(tensors, shape);
  call.native(name)(tf.util.sizeFromShape(shape), slope, ...values, output.values);
  return output.info;
}

const bounds = ({ attrs }: NativeCall): number[] => ['clipValueMin', 'clipValueMax'].map((name) => attrs[name] as number);

const plain = ['Relu', 'Relu6', 'Floor', 'Abs', 'Neg', 'Sign', 'Sqrt', 'Rsqrt', 'Square', 'Exp', 'Log'].map(
  (name): NativeKernel => ({ name, uses: [name], run: (call) => elementwise(call, name, input(call, 'x'), []) }),
);

export const unaries: readonly NativeKernel[] = [
  ...plain,
  { name: 'ClipByValue', uses: ['ClipByValue'], run: (call) => elementwise(call, 'ClipByValue', input(call, 'x'), bounds(call)) },
  { name: 'Step', uses: ['Step'], run: (call) => elementwise(call, 'Step', input(call, 'x'), [call.attrs['alpha'] as number]) },
  {
    name: 'LeakyRelu',
    uses: ['LeakyRelu'],
    run: (call) => rectify(call, 'LeakyRelu', call.attrs['alpha'] as number, input(call, 'x')),
  },
];
