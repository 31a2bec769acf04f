/** Kernels that write into a variable: the optimiser's step and the moving statistics. They return nothing. */
import { tf } from '../../tf';
import { input, type NativeCall, type NativeKernel } from './types';

const numbers = (call: NativeCall, ...names: readonly string[]): number[] => names.map((name) => Number(call.attrs[name]));

const size = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

/** Every parameter of a network in one call: `parameter0`, `velocity0`, `gradient0`, `parameter1`, … */
const sgd: NativeKernel = {
  name: 'IekdSgdInPlace',
  uses: ['SgdInPlace'],
  run(call) {
    const count = Object.keys(call.inputs).length / 3;
    const arrays = Array.from({ length: count }, (_, i) => {
      const parameter = input(call, `parameter${i}`);
      const written = [parameter, input(call, `velocity${i}`)].map((v) => call.backend.writable(v, 'sgdStep'));
      return [size(parameter), ...written, call.backend.floats(input(call, `gradient${i}`))];
    });
    const coefficients = numbers(call, 'learningRate', 'momentum', 'weightDecay', 'nesterov');
    call.native('SgdInPlace')(count, ...coefficients, ...arrays.flat());
    return [];
  },
};

const move: NativeKernel = {
  name: 'IekdMoveInPlace',
  uses: ['MoveInPlace'],
  run(call) {
    const moving = ['movingMean', 'movingVariance'].map((name) => call.backend.writable(input(call, name), 'moveStatistics'));
    const batch = ['mean', 'variance'].map((name) => call.backend.floats(input(call, name)));
    call.native('MoveInPlace')(size(input(call, 'mean')), ...numbers(call, 'momentum', 'unbiased'), ...moving, ...batch);
    return [];
  },
};

export const inPlace: readonly NativeKernel[] = [sgd, move];
