/** Comparisons of float32 by their bits: none but `NotEqual` holds of NaN. Integers are left to tfjs. */
import { tf } from '../../../tf';
import { IS_NAN } from '../floatBits';
import { ORDER } from '../floatOrder';
import { type Program, runProgram } from '../program';
import { input, isDense, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor } from '../wgsl';

/** Of order(a) and order(b), neither being NaN. */
const COMPARISONS: Readonly<Record<string, string>> = {
  Equal: '==',
  NotEqual: '!=',
  Greater: '>',
  GreaterEqual: '>=',
  Less: '<',
  LessEqual: '<=',
};

/** The place in a tensor of `shape` of the value that goes with the result's `i`-th. */
function broadcastIndex(shape: readonly number[], result: readonly number[]): string {
  const stride = (sizes: readonly number[], axis: number): number => sizes.slice(axis + 1).reduce((p, n) => p * n, 1);
  const missing = result.length - shape.length;
  const addends = shape.flatMap((n, axis) =>
    n === 1 ? [] : [`(i / ${stride(result, axis + missing)}u) % ${n}u * ${stride(shape, axis)}u`],
  );
  return addends.join(' + ') || '0u';
}

function comparison(name: string, sign: string, a: readonly number[], b: readonly number[], result: readonly number[]): Program {
  const size = sizeOf({ shape: result });
  return {
    key: `${name} [${a}] [${b}]`,
    workgroups: grid(groupsFor(size)),
    code: () =>
      bindings(['y: i32'], ['a', 'b']) +
      IS_NAN +
      ORDER +
      forEach(
        size,
        `let p = a[${broadcastIndex(a, result)}]; let q = b[${broadcastIndex(b, result)}];
  var found = ${name === 'NotEqual' ? 1 : 0};
  if (!is_nan(p) && !is_nan(q)) { found = select(0, 1, order(p) ${sign} order(q)); }
  y[i] = found;`,
      ),
  };
}

export const comparisonKernels: readonly WebgpuKernel[] = Object.entries(COMPARISONS).map(([name, sign]) => ({
  name,
  run(call) {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    if (!isDense(a, b)) return undefined;
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const y = call.backend.makeTensorInfo(shape, 'bool');
    runProgram(call.backend, comparison(name, sign, a.shape, b.shape, shape), { outputs: [y], inputs: [a, b] });
    return y;
  },
}));
