/** Kernels that write into a variable: the optimiser's step and the moving statistics. They return nothing. */
import { tf } from '../../tf';
import { input, type KernelCall, type NativeKernel } from './types';

const numbers = (call: KernelCall, ...names: readonly string[]): number[] => names.map((name) => Number(call.attrs[name]));

const sgd: NativeKernel = {
  name: 'IekdSgdInPlace',
  uses: ['SgdInPlace'],
  run(call) {
    const parameter = input(call, 'parameter');
    const written = [parameter, input(call, 'velocity')].map((v) => call.backend.writable(v, 'sgdStep'));
    const coefficients = numbers(call, 'learningRate', 'momentum', 'weightDecay', 'nesterov');
    const gradient = call.backend.floats(input(call, 'gradient'));
    call.native('SgdInPlace')(tf.util.sizeFromShape(parameter.shape), ...coefficients, ...written, gradient);
    return [];
  },
};

const move: NativeKernel = {
  name: 'IekdMoveInPlace',
  uses: ['MoveInPlace'],
  run(call) {
    const variable = input(call, 'variable');
    const written = call.backend.writable(variable, 'moveStatistics');
    const value = call.backend.floats(input(call, 'value'));
    call.native('MoveInPlace')(tf.util.sizeFromShape(variable.shape), ...numbers(call, 'momentum', 'scale'), written, value);
    return [];
  },
};

export const inPlace: readonly NativeKernel[] = [sgd, move];
