/**
 * The same data under a second name, and casts. The wasm backend copies the data of either, and its cast to bool keeps whole bytes,
 * where truth is 1 (tfjs 4.22.0, seen against the CPU backend).
 */
import type { tf } from '../../tf';
import type { WasmCall, WasmKernel } from '../wasmKernels';

/** x once more; the data counts its holders. */
function shared({ backend }: WasmCall, { dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

const input = ({ inputs }: WasmCall): tf.TensorInfo => inputs['x'] as tf.TensorInfo;

const identity: WasmKernel = { name: 'Identity', run: (call) => shared(call, input(call)) };

const cast: WasmKernel = {
  name: 'Cast',
  run(call) {
    const x = input(call);
    const dtype = call.attrs['dtype'] as tf.DataType;
    if (dtype === x.dtype) return shared(call, x);
    if (dtype !== 'bool') return call.run('Cast', { x }, { dtype });
    const truths = call.backend.makeOutput(x.shape, 'bool');
    // Views of the wasm memory are taken after the last allocation, which may have moved it.
    const [values, bytes] = [call.backend.typedArrayFromHeap(x), call.backend.typedArrayFromHeap(truths)];
    for (let i = 0; i < values.length; i++) bytes[i] = values[i] === 0 ? 0 : 1; // NaN is true, as in tfjs
    return truths;
  },
};

export const casts: readonly WasmKernel[] = [identity, cast];
