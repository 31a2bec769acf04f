/**
 * Max pooling that lets NaN through: tfjs 4.22.0's leaves NaN out of its comparisons, and gives a large negative number for a window of
 * nothing else, which batch norm makes an ordinary one: a run that has diverged would go on unseen.
 */
import { tf } from '../../tf';
import { IS_NAN } from './floatBits';
import { LARGER, ORDER } from './floatOrder';
import { type Program, runProgram } from './program';
import { input, isDense, output, sizeOf, type WebgpuKernel } from './webgpuKernel';
import { bindings, forEach, grid, groupsFor } from './wgsl';

type Pooling = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function largest({ inShape, outShape, filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Pooling): Program {
  const [, height, width, channels] = inShape;
  const [, toHeight, toWidth] = outShape;
  const size = sizeOf({ shape: outShape });
  return {
    key: `max pool [${inShape}] [${outShape}] ${filterHeight}x${filterWidth} by ${strideHeight}x${strideWidth}, ${padInfo.top}, ${padInfo.left}`,
    workgroups: grid(groupsFor(size)),
    code: () =>
      bindings(['y'], ['x']) +
      IS_NAN +
      ORDER +
      LARGER +
      forEach(
        size,
        `let channel = i % ${channels}u;
  let left = i32(i / ${channels}u % ${toWidth}u) * ${strideWidth} - ${padInfo.left};
  let top = i32(i / ${channels * toWidth}u % ${toHeight}u) * ${strideHeight} - ${padInfo.top};
  let image = i / ${channels * toWidth * toHeight}u;
  var infinity = 0x7f800000u;
  var found = bitcast<f32>(infinity | 0x80000000u);
  for (var row = top; row < top + ${filterHeight}; row++) {
    if (row < 0 || row >= ${height}) { continue; }
    for (var column = left; column < left + ${filterWidth}; column++) {
      if (column < 0 || column >= ${width}) { continue; }
      found = larger(found, x[((image * ${height}u + u32(row)) * ${width}u + u32(column)) * ${channels}u + channel]);
    }
  }
  y[i] = found;`,
      ),
  };
}

/** As tfjs's engines have it, whatever the stride and the padding are. */
const isCopy = ({ filterHeight, filterWidth, inShape, outShape }: Pooling): boolean =>
  filterHeight === 1 && filterWidth === 1 && tf.util.arraysEqual(inShape, outShape);

export const maxPool: WebgpuKernel = {
  name: 'MaxPool',
  run(call) {
    const x = input(call, 'x');
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as tf.MaxPoolAttrs;
    const shape = x.shape as [number, number, number, number];
    const pooling = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (!isDense(x) || sizeOf({ shape: pooling.outShape }) === 0 || isCopy(pooling)) return undefined;
    const y = output(call, pooling.outShape);
    runProgram(call.backend, largest(pooling), { outputs: [y], inputs: [x] });
    return y;
  },
};
