/** Max and average pooling of NHWC maps and their gradients. Dilated windows are left to the plain kernels. */
import { tf } from '../../tf';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function poolInfo({ attrs }: NativeCall, x: tf.TensorInfo): PoolInfo | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: number;
    strides: number;
    pad: 'same';
    dimRoundingMode?: 'floor';
  };
  const info = tf.backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return info.dilationHeight === 1 && info.dilationWidth === 1 ? info : undefined;
}

/** In the order of `PoolShape` (native/src/kernels/Pool.cc). */
function dimensions(p: PoolInfo): number[] {
  return [
    ...[p.batchSize, p.inHeight, p.inWidth, p.outHeight, p.outWidth, p.inChannels],
    ...[p.filterHeight, p.filterWidth, p.strideHeight, p.strideWidth, p.padInfo.top, p.padInfo.left],
  ];
}

/** tfjs takes a window of one place that gives a map of the same shape for the map itself, whatever the stride. */
function isSameMap({ filterHeight, filterWidth, inShape, outShape }: PoolInfo): boolean {
  return filterHeight === 1 && filterWidth === 1 && tf.util.arraysEqual(inShape, outShape);
}

/** The same data once more. */
function shared({ backend }: NativeCall, { dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** @param like the tensor of the pooled map's input shape */
function pool(call: NativeCall, name: string, like: tf.TensorInfo, inputs: readonly tf.TensorInfo[], gradient: boolean) {
  const info = isDense(like, ...inputs) ? poolInfo(call, like) : undefined;
  if (!info) return undefined;
  if (isSameMap(info)) return shared(call, inputs[inputs.length - 1] as tf.TensorInfo); // x, or dy
  const out = call.backend.output(gradient ? like.shape : info.outShape);
  call.native(name)(...dimensions(info), ...inputs.map((t) => call.backend.floats(t)), out.values);
  return out.info;
}

export const pools: readonly NativeKernel[] = [
  { name: 'MaxPool', uses: ['MaxPool'], run: (call) => pool(call, 'MaxPool', input(call, 'x'), [input(call, 'x')], false) },
  { name: 'AvgPool', uses: ['AvgPool'], run: (call) => pool(call, 'AvgPool', input(call, 'x'), [input(call, 'x')], false) },
  {
    name: 'MaxPoolGrad',
    uses: ['MaxPoolGrad'],
    run: (call) => pool(call, 'MaxPoolGrad', input(call, 'input'), [input(call, 'input'), input(call, 'dy')], true),
  },
  {
    name: 'AvgPoolGrad',
    uses: ['AvgPoolGrad'],
    run: (call) => pool(call, 'AvgPoolGrad', input(call, 'input'), [input(call, 'dy')], true),
  },
];
