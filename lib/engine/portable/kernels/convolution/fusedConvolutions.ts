/**
 * Convolutions with bias and activation, one kernel after the other: in the wasm backend's own a bias must be one number a channel, and
 * XNNPACK's bounds turn NaN into zero (tfjs 4.22.0). Its convolutions may make −∞ of it, which a batch norm shows as NaN again and some
 * activations hide: so a result with −∞ is computed once more by the CPU backend's kernel.
 */
import type { tf } from '../../../tf';
import { plainKernel } from '../../portableFallbacks';
import type { WasmKernel } from '../../wasmKernels';
import { finished } from '../activations';

function fused(name: string, convolution: string): WasmKernel {
  return {
    name,
    run(call) {
      const { inputs, attrs, backend, run } = call;
      const y = run(convolution, { x: inputs['x'], filter: inputs['filter'] }, attrs);
      if (!backend.typedArrayFromHeap(y).includes(Number.NEGATIVE_INFINITY)) return finished(name, call, y);
      return plainKernel(name)({ inputs, attrs: attrs as tf.NamedAttrMap, backend });
    },
  };
}

export const fusedConvolutions: readonly WasmKernel[] = [
  fused('FusedConv2D', 'Conv2D'),
  fused('FusedDepthwiseConv2D', 'DepthwiseConv2dNative'),
];
