/** Steps of SGD and Adam, averages of weights and moving statistics (engine/fused), in place. They return nothing. */
import { input, number, type WebgpuKernel } from '../webgpuKernel';
import { changeInPlace, type InPlaceUpdate, numbered } from './inPlacePrograms';

/** given[0]: learning rate, momentum, weight decay, whether it is Nesterov's. */
const SGD: InPlaceUpdate = {
  name: 'SGD',
  changed: ['parameter', 'velocity'],
  read: ['gradient'],
  shared: 1,
  body: `let c = given[0];
    let d = @gradient + c.z * @parameter;
    let v = c.y * @velocity + d;
    @velocity = v;
    var direction = v;
    if (c.w > 0.5) { direction = d + c.y * v; }
    @parameter = @parameter - c.x * direction;`,
};

/** The same with a rate in a tensor, for steps that are recorded. */
const SGD_BY_RATE: InPlaceUpdate = {
  ...SGD,
  name: 'SGD by a rate',
  common: 'rate',
  body: SGD.body.replace('c.x *', 'rate[0] *'),
};

/** given[0]: of the parameter, weight decay of the gradient, β₁, 1 − β₁; given[1]: β₂, 1 − β₂, ε; own: rate and root. */
const ADAM: InPlaceUpdate = {
  name: 'Adam',
  changed: ['parameter', 'mean', 'square'],
  read: ['gradient'],
  shared: 2,
  body: `let c = given[0]; let s = given[1];
    let g = @gradient + c.y * @parameter;
    let m = c.z * @mean + c.w * g;
    let q = s.x * @square + s.y * (g * g);
    @mean = m;
    @square = q;
    @parameter = c.x * @parameter - own.x * (m / (sqrt(q) / own.y + s.z));`,
};

const AVERAGE: InPlaceUpdate = {
  name: 'average',
  changed: ['average'],
  read: ['variable'],
  shared: 1,
  body: '@average = @average + given[0].x * (@variable - @average);',
};

/** given[0]: momentum, n / (n − 1). */
const MOVE: InPlaceUpdate = {
  name: 'moving statistics',
  changed: ['movingMean', 'movingVariance'],
  read: ['mean', 'variance'],
  shared: 1,
  body: `let c = given[0];
    @movingMean = (1.0 - c.x) * @movingMean + c.x * @mean;
    @movingVariance = (1.0 - c.x) * @movingVariance + c.x * (c.y * @variance);`,
};

const namesOf = ({ changed, read }: InPlaceUpdate): string[] => [...changed, ...read];

const sgd: WebgpuKernel = {
  name: 'IekdSgdInPlace',
  run(call) {
    const coefficients = ['learningRate', 'momentum', 'weightDecay'].map((name) => number(call, name));
    const { rate } = call.inputs;
    if (rate) coefficients[0] = 0; // no part of what is recorded
    const variables = numbered(call, namesOf(SGD));
    const shared = [...coefficients, call.attrs['nesterov'] ? 1 : 0];
    changeInPlace(call, rate ? SGD_BY_RATE : SGD, variables, shared, rate ? [rate] : []);
    return [];
  },
};

const adam: WebgpuKernel = {
  name: 'IekdAdamInPlace',
  run(call) {
    const [rate, decay, beta1, beta2, epsilon] = ['learningRate', 'weightDecay', 'beta1', 'beta2', 'epsilon'].map((name) =>
      number(call, name),
    ) as [number, number, number, number, number];
    const decays = call.attrs['decoupled'] ? [1 - rate * decay, 0] : [1, decay];
    const { rates, roots } = call.attrs as { rates: number[]; roots: number[] };
    const variables = numbered(call, namesOf(ADAM)).map(({ tensors, k }) => ({
      tensors,
      own: [rates[k] as number, roots[k] as number, 0, 0],
    }));
    // 1 − β in double: that of a float would be off by 2e-5 for 0.999.
    changeInPlace(call, ADAM, variables, [...decays, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, 0]);
    return [];
  },
};

const average: WebgpuKernel = {
  name: 'IekdAverageInPlace',
  run(call) {
    changeInPlace(call, AVERAGE, numbered(call, namesOf(AVERAGE)), [number(call, 'share'), 0, 0, 0]);
    return [];
  },
};

const move: WebgpuKernel = {
  name: 'IekdMoveInPlace',
  run(call) {
    const tensors = namesOf(MOVE).map((name) => input(call, name));
    changeInPlace(call, MOVE, [{ tensors }], [number(call, 'momentum'), number(call, 'unbiased'), 0, 0]);
    return [];
  },
};

export const optimizerKernels: readonly WebgpuKernel[] = [sgd, adam, average, move];
