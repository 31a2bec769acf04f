/** Kernels that write into a variable: optimisers' steps, averages of weights and moving statistics. They return nothing. */
import { tf } from '../../tf';
import { input, type NativeCall, type NativeKernel } from './types';

const numbers = (call: NativeCall, ...names: readonly string[]): number[] => names.map((name) => Number(call.attrs[name]));

type Five = [number, number, number, number, number];

const size = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

/** Every parameter of a network in one call: `rate` [1] if it is recorded, `parameter0`, `velocity0`, `gradient0`, `parameter1`, … */
const sgd: NativeKernel = {
  name: 'IekdSgdInPlace',
  uses: ['SgdInPlace'],
  run(call) {
    const { rate } = call.inputs;
    const count = Math.floor(Object.keys(call.inputs).length / 3);
    const arrays = Array.from({ length: count }, (_, i) => {
      const parameter = input(call, `parameter${i}`);
      const written = [parameter, input(call, `velocity${i}`)].map((v) => call.backend.writable(v, 'sgdStep'));
      return [size(parameter), ...written, call.backend.floats(input(call, `gradient${i}`))];
    });
    const coefficients = numbers(call, 'momentum', 'weightDecay', 'nesterov');
    const rates = rate ? call.backend.floats(rate) : Float32Array.of(Number(call.attrs['learningRate']));
    call.native('SgdInPlace')(count, rates, ...coefficients, ...arrays.flat());
    return [];
  },
};

/** As `sgd`: `parameter0`, `mean0`, `square0`, `gradient0`, `parameter1`, …; `rates` and `roots` have a number for each parameter. */
const adam: NativeKernel = {
  name: 'IekdAdamInPlace',
  uses: ['AdamInPlace'],
  run(call) {
    const count = Object.keys(call.inputs).length / 4;
    const [rates, roots] = [call.attrs['rates'], call.attrs['roots']] as [number[], number[]];
    const arrays = Array.from({ length: count }, (_, i) => {
      const parameter = input(call, `parameter${i}`);
      const moved = [parameter, input(call, `mean${i}`), input(call, `square${i}`)];
      const written = moved.map((v) => call.backend.writable(v, 'adamStep'));
      return [size(parameter), rates[i], roots[i], ...written, call.backend.floats(input(call, `gradient${i}`))];
    });
    const [rate, decay, beta1, beta2, epsilon] = numbers(
      call,
      'learningRate',
      'weightDecay',
      'beta1',
      'beta2',
      'epsilon',
    ) as Five;
    const decays = call.attrs['decoupled'] ? [1 - rate * decay, 0] : [1, decay];
    // 1 − β in double: that of a float would be off by 2e-5 for 0.999.
    const betas = [beta1, 1 - beta1, beta2, 1 - beta2];
    call.native('AdamInPlace')(count, ...decays, ...betas, epsilon, ...arrays.flat());
    return [];
  },
};

/** `average0`, `variable0`, `average1`, … */
const average: NativeKernel = {
  name: 'IekdAverageInPlace',
  uses: ['AverageInPlace'],
  run(call) {
    const count = Object.keys(call.inputs).length / 2;
    const arrays = Array.from({ length: count }, (_, i) => {
      const [own, values] = [input(call, `average${i}`), input(call, `variable${i}`)];
      return [size(own), call.backend.writable(own, 'averageStep'), call.backend.floats(values)];
    });
    call.native('AverageInPlace')(count, ...numbers(call, 'share'), ...arrays.flat());
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

export const inPlace: readonly NativeKernel[] = [sgd, adam, average, move];
