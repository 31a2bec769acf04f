/**
 * Max pooling and its gradient by TensorFlow's operations of the same names, with any padding of tfjs's (kernels/windowAttributes.ts).
 * TensorFlow's leaves NaN out of its comparisons; here a window with a NaN gives NaN, so that a run that has diverged is seen.
 */
import { tf } from '../../tf';
import { input, type OperationCall, type OperationKernel } from './operationKernel';
import { poolingAttributes, type WindowInfo } from './windowAttributes';

function geometry({ attrs }: OperationCall, x: tf.TensorInfo): WindowInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return tf.backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad as number,
    dimRoundingMode as 'floor' | undefined,
  );
}

/** The largest values of windows (tfjs gives kernels its tensors), NaN where a window has one: its mark is 1, and 0 / (1 − 1) is NaN. */
function withNaN(x: tf.Tensor, largest: (map: tf.TensorInfo) => tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const marks = largest(tf.cast(tf.isNaN(x), 'float32'));
    return tf.add(largest(x), tf.div(0, tf.sub(1, marks)));
  });
}

export const poolingKernels: readonly OperationKernel[] = [
  {
    name: 'MaxPool',
    run(call) {
      const x = input(call, 'x');
      const attributes = poolingAttributes(call.backend, geometry(call, x), x.dtype);
      const largest = (map: tf.TensorInfo): tf.Tensor => call.backend.executeSingleOutput('MaxPool', attributes, [map]);
      return x.dtype === 'float32' ? withNaN(x as tf.Tensor, largest) : largest(x);
    },
  },
  {
    name: 'MaxPoolGrad',
    run(call) {
      const [x, y, dy] = [input(call, 'input'), input(call, 'output'), input(call, 'dy')];
      const attributes = poolingAttributes(call.backend, geometry(call, x), x.dtype);
      return call.backend.executeSingleOutput('MaxPoolGrad', attributes, [x, y, dy]);
    },
  },
];
