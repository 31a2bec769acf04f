/**
 * Convolutions and their two gradients, ordinary and depthwise, by TensorFlow's operations of the same names, with any padding of
 * tfjs's (kernels/windowAttributes.ts). TensorFlow is told the shape of what a gradient is of by a tensor.
 */
import { tf } from '../../tf';
import type { TensorflowBackend } from '../tensorflowBackend';
import { input, type OperationCall, type OperationKernel } from './operationKernel';
import { convolutionAttributes, type WindowInfo } from './windowAttributes';

type Shape4D = [number, number, number, number];

/** tfjs's geometry of a convolution of a map of shape `x` by a filter of shape `filter`. */
function geometry({ attrs }: OperationCall, x: readonly number[], filter: readonly number[], depthwise: boolean): WindowInfo {
  const { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode } = attrs;
  return tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides as number,
    (dilations ?? 1) as number,
    pad as number,
    dimRoundingMode as 'floor' | undefined,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat as 'NHWC'),
  );
}

/** A shape as a tensor, while `run` needs it. */
function withShape<T>(backend: TensorflowBackend, shape: readonly number[], run: (shape: tf.TensorInfo) => T): T {
  const sizes: tf.TensorInfo = {
    dataId: backend.write(Int32Array.from(shape), [shape.length], 'int32'),
    shape: [shape.length],
    dtype: 'int32',
  };
  try {
    return run(sizes);
  } finally {
    backend.disposeData(sizes.dataId);
  }
}

function forward(name: string, depthwise: boolean): OperationKernel {
  return {
    name,
    run(call) {
      const [x, filter] = [input(call, 'x'), input(call, 'filter')];
      const info = geometry(call, x.shape, filter.shape, depthwise);
      return call.backend.executeSingleOutput(name, convolutionAttributes(call.backend, info, x.dtype), [x, filter]);
    },
  };
}

function inputGradient(name: string, depthwise: boolean): OperationKernel {
  return {
    name,
    run(call) {
      const { backend, attrs } = call;
      const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
      const shape = attrs['inputShape'] as number[];
      const attributes = convolutionAttributes(backend, geometry(call, shape, filter.shape, depthwise), dy.dtype);
      return withShape(backend, shape, (sizes) => backend.executeSingleOutput(name, attributes, [sizes, filter, dy]));
    },
  };
}

function filterGradient(name: string, depthwise: boolean): OperationKernel {
  return {
    name,
    run(call) {
      const { backend, attrs } = call;
      const [x, dy] = [input(call, 'x'), input(call, 'dy')];
      const shape = attrs['filterShape'] as number[];
      const attributes = convolutionAttributes(backend, geometry(call, x.shape, shape, depthwise), x.dtype);
      return withShape(backend, shape, (sizes) => backend.executeSingleOutput(name, attributes, [x, sizes, dy]));
    },
  };
}

export const convolutionKernels: readonly OperationKernel[] = [
  forward('Conv2D', false),
  inputGradient('Conv2DBackpropInput', false),
  filterGradient('Conv2DBackpropFilter', false),
  forward('DepthwiseConv2dNative', true),
  inputGradient('DepthwiseConv2dNativeBackpropInput', true),
  filterGradient('DepthwiseConv2dNativeBackpropFilter', true),
];
