/**
 * Max and average pooling that let NaN through: the wasm backend's average makes −∞ of it, and its maximum any value of the window
 * (tfjs 4.22.0), which hides that a run has diverged. tfjs's own CPU kernel leaves NaN out of a maximum; ours does not, on any engine.
 */
import { tf } from '../../tf';
import { plainKernel } from '../portableFallbacks';
import type { WasmCall, WasmKernel } from '../wasmKernels';
import type { Four } from './convolution/convolve';
import { channelMean } from './perChannel';

type PoolInfo = tf.backend_util.Conv2DInfo;

function geometry({ attrs }: WasmCall, { shape }: tf.TensorInfo): PoolInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: [number, number];
    strides: [number, number];
    pad: 'same';
    dimRoundingMode?: 'floor';
  };
  return tf.backend_util.computePool2DInfo(shape as Four, filterSize, strides, 1, pad, dimRoundingMode);
}

/** tfjs takes a window of one place that gives a map of the same shape for the map itself, whatever the stride. */
export function isSameMap({ filterHeight, filterWidth, inShape, outShape }: PoolInfo): boolean {
  return filterHeight === 1 && filterWidth === 1 && tf.util.arraysEqual(inShape, outShape);
}

/** Whether a window may lie in the padding altogether: XNNPACK reads there what nobody wrote. */
function beyond({ filterHeight, filterWidth, padInfo: { top, bottom, left, right } }: PoolInfo): boolean {
  return Math.max(top, bottom) >= filterHeight || Math.max(left, right) >= filterWidth;
}

const plain = (name: string, { inputs, attrs, backend }: WasmCall): tf.TensorInfo =>
  plainKernel(name)({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as tf.TensorInfo;

/** The kernel where the windows are ordinary ones; `checked` has its result before it is handed on. */
function pool(
  name: 'MaxPool' | 'AvgPool',
  checked: (call: WasmCall, x: tf.TensorInfo, y: tf.TensorInfo) => tf.TensorInfo,
): WasmKernel {
  return {
    name,
    run(call) {
      const x = call.inputs['x'] as tf.TensorInfo;
      const info = geometry(call, x);
      if (isSameMap(info)) return call.run('Identity', { x });
      return checked(call, x, beyond(info) ? plain(name, call) : call.run(name, { x }, call.attrs));
    },
  };
}

const avgPool = pool('AvgPool', (call, _, y) =>
  call.backend.typedArrayFromHeap(y).includes(Number.NEGATIVE_INFINITY) ? plain('AvgPool', call) : y,
);

/** NaN is added to every window that has one, as the mean of a map that is zero elsewhere. */
const maxPool = pool('MaxPool', (call, x, y) => {
  const { run, attrs } = call;
  if (!channelMean(call, x).some(Number.isNaN)) return y;
  const marks = run('Select', { condition: run('IsNan', { x }), t: x, e: run('ZerosLike', { x }) });
  return run('Add', { a: y, b: run('AvgPool', { x: marks }, attrs) });
});

export const pools: readonly WasmKernel[] = [maxPool, avgPool];
