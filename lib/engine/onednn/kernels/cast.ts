/**
 * Casts to float32: tfjs's own only names the values anew, which then stay bytes or integers for every kernel after it to convert.
 * A cast to the type that a tensor has is the tensor again.
 */
import { input, type NativeKernel } from './types';

export const cast: NativeKernel = {
  name: 'Cast',
  uses: ['CastInt32', 'CastBool'],
  run(call) {
    const x = input(call, 'x');
    const { dataId, shape, dtype } = x;
    if (call.attrs['dtype'] === dtype) {
      call.backend.incRef(dataId);
      return { dataId, shape, dtype };
    }
    const { values: given } = call.backend.data.get(dataId);
    if (call.attrs['dtype'] !== 'float32' || !(given instanceof Int32Array || given instanceof Uint8Array)) return undefined;
    const { info, values } = call.backend.output(shape);
    call.native(given instanceof Int32Array ? 'CastInt32' : 'CastBool')(values.length, given, values);
    return info;
  },
};
