/**
 * Convolutions with tfjs's padding `same`, given to XNNPACK as the numbers that tfjs works out: its own idea of `same` differs
 * where a stride is larger than the filter (tfjs 4.22.0, seen against the CPU backend: filter 1 × 2, strides 2 and 1).
 */
import { tf } from '../../../tf';
import type { WasmKernel } from '../../wasmKernels';
import type { Four } from './convolve';

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  /** May be null, as tfjs hands on what it was given. */
  readonly dilations: number | [number, number] | null;
}

function withNumbers(name: string, depthwise: boolean): WasmKernel {
  return {
    name,
    run({ run, inputs, attrs }) {
      const { strides, pad, dilations: given } = attrs as unknown as ConvolutionAttributes;
      const dilations = given ?? [1, 1];
      if (pad !== 'same') return run(name, inputs, { ...attrs, dilations });
      const [x, filter] = [inputs['x'] as tf.TensorInfo, inputs['filter'] as tf.TensorInfo];
      const info = tf.backend_util.computeConv2DInfo(
        x.shape as Four,
        filter.shape as Four,
        strides,
        dilations,
        pad,
        undefined,
        depthwise,
      );
      const { top, bottom, left, right } = info.padInfo;
      return run(name, inputs, {
        ...attrs,
        dilations,
        pad: [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ],
      });
    },
  };
}

export const samePaddings: readonly WasmKernel[] = [withNumbers('Conv2D', false), withNumbers('DepthwiseConv2dNative', true)];
