/** Labels as rows of probabilities. */
import { input, type NativeKernel } from './types';

export const oneHot: NativeKernel = {
  name: 'OneHot',
  uses: ['OneHot'],
  run(call) {
    const indices = input(call, 'indices');
    const { dtype, depth, onValue, offValue } = call.attrs as {
      dtype: string;
      depth: number;
      onValue: number;
      offValue: number;
    };
    const { values: labels } = call.backend.data.get(indices.dataId);
    if (dtype !== 'float32' || !(labels instanceof Int32Array)) return undefined;
    const { info, values } = call.backend.output([...indices.shape, depth]);
    call.native('OneHot')(labels.length, depth, onValue, offValue, labels, values);
    return info;
  },
};
