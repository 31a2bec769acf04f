/** Elementwise functions of one tensor. */
import { tf } from '../../tf';
import { input, isDense, type KernelCall, type NativeKernel } from './types';

/** Runs an elementwise function of `x` with leading scalars into an output of x's shape. */
export function elementwise(
  call: KernelCall,
  name: string,
  x: tf.TensorInfo,
  scalars: readonly number[],
  others: readonly tf.TensorInfo[] = [],
) {
  if (!isDense(x, ...others)) return undefined;
  const { info, values } = call.backend.output(x.shape);
  const inputs = [x, ...others].map((t) => call.backend.floats(t));
  call.native(name)(tf.util.sizeFromShape(x.shape), ...scalars, ...inputs, values);
  return info;
}

const bounds = ({ attrs }: KernelCall): number[] => ['clipValueMin', 'clipValueMax'].map((name) => attrs[name] as number);

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
    run: (call) => elementwise(call, 'LeakyRelu', input(call, 'x'), [call.attrs['alpha'] as number]),
  },
];
