/**
 * tfjs's functions of one number that training uses, each passing NaN on by its bits: what WGSL's own functions make of NaN, and on
 * which side of a comparison it falls, is the driver's choice.
 */
import type { tf } from '../../../tf';
import { BELOW_ZERO, IS_NAN } from '../floatBits';
import { activate } from '../norm/activationText';
import { type Program, runProgram } from '../program';
import { input, isDense, output, sizeOf, type WebgpuCall, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor } from '../wgsl';

/** What is NaN of numbers below zero, but not of −0. */
const NO_NEGATIVES = `var nan = 0x7fc00000u;
  if (below_zero(v) && bitcast<u32>(v) != 0x80000000u) { return bitcast<f32>(nan); }`;

/** SELU's λ and λ · α (Klambauer et al. 2017); and −ln(2⁻²³) − 2, beyond which softplus needs no logarithm. */
const [SCALE, SCALE_ALPHA, THRESHOLD] = ['1.0507009873554805', '1.7580993408473768', '13.942385'];

/** Statements that return f(v) of a v that is not NaN; `below_zero(v)` is known. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  Abs: 'return bitcast<f32>(bitcast<u32>(v) & 0x7fffffffu);',
  Exp: 'return exp(v);',
  Log: `${NO_NEGATIVES} return log(v);`,
  Sqrt: `${NO_NEGATIVES} return sqrt(v);`,
  Rsqrt: `${NO_NEGATIVES} return inverseSqrt(v);`,
  Sigmoid: 'return 1.0 / (1.0 + exp(-v));',
  Tanh: `let size = abs(v);
  if (size < 0.01) { return v - v * v * v / 3.0; }
  let e = exp(-2.0 * size);
  let t = (1.0 - e) / (1.0 + e);
  return select(t, -t, below_zero(v));`,
  Softplus: `if (v > ${THRESHOLD}) { return v; }
  if (v < -${THRESHOLD}) { return exp(v); }
  return log(1.0 + exp(v));`,
  Elu: 'if (below_zero(v)) { return exp(v) - 1.0; } return v;',
  Selu: `if (below_zero(v)) { return ${SCALE_ALPHA} * (exp(v) - 1.0); } return ${SCALE} * v;`,
};

/** @param functions which declare `f(v: f32) -> f32` */
function unary(name: string, size: number, functions: string): Program {
  return {
    key: `${name} ${size}`,
    workgroups: grid(groupsFor(size)),
    code: () => bindings(['y'], ['x']) + functions + forEach(size, 'y[i] = f(x[i]);'),
  };
}

const guarded = (body: string): string => `${IS_NAN}${BELOW_ZERO}
fn f(v: f32) -> f32 {
  if (is_nan(v)) { return v; }
  ${body}
}
`;

function applied(call: WebgpuCall, name: string, functions: string): tf.TensorInfo | undefined {
  const x = input(call, 'x');
  if (!isDense(x)) return undefined;
  const y = output(call, x.shape);
  runProgram(call.backend, unary(name, sizeOf(x), functions), { outputs: [y], inputs: [x] });
  return y;
}

const rectifier = (slope: number, ceiling?: number): string =>
  `${activate({ slope, ...(ceiling === undefined ? {} : { ceiling }) })}\nfn f(v: f32) -> f32 { return activate(v); }\n`;

const rectifiers: readonly WebgpuKernel[] = [
  { name: 'Relu', run: (call) => applied(call, 'Relu', rectifier(0)) },
  { name: 'Relu6', run: (call) => applied(call, 'Relu6', rectifier(0, 6)) },
  {
    name: 'LeakyRelu',
    run(call) {
      const alpha = call.attrs['alpha'] as number;
      return applied(call, `LeakyRelu ${alpha}`, rectifier(alpha));
    },
  },
];

export const unaryKernels: readonly WebgpuKernel[] = [
  ...rectifiers,
  ...Object.entries(FUNCTIONS).map(([name, body]) => ({
    name,
    run: (call: WebgpuCall) => applied(call, name, guarded(body)),
  })),
];
